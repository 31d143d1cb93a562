/**
 * The library: modules for applications, each entry under a name that stays, and (mode `script`) one file for a script
 * tag. The engine is in `worker.js` alone, which everything else finds beside itself.
 */
import { defineConfig, type Plugin } from "vite";

const ENTRIES = {
  index: "src/entries/index.ts",
  worker: "workers/runtime.worker.ts",
  "ai-sdk": "src/entries/ai-sdk.ts",
  testing: "src/entries/testing.ts",
};

export default defineConfig(({ mode }) => {
  const isScript = mode === "script";
  return {
    base: "./",
    publicDir: false,
    plugins: [workerBeside(isScript ? "document.currentScript?.src ?? document.baseURI" : "import.meta.url")],
    build: {
      outDir: "dist-lib",
      emptyOutDir: !isScript,
      target: "es2022",
      modulePreload: false,
      chunkSizeWarningLimit: 1500,
      rolldownOptions: {
        input: isScript ? { "lag-chat": "src/entries/element.ts" } : ENTRIES,
        preserveEntrySignatures: "strict",
        output: {
          format: isScript ? "iife" : "es",
          entryFileNames: "[name].js",
          // Beside the entries: what stands here looks for the worker beside itself.
          chunkFileNames: "[name]-[hash].js",
        },
      },
    },
    worker: { format: "es" },
  };
});

/** In place of a worker built into each entry: the one that lies beside the script that is at `here`. */
function workerBeside(here: string): Plugin {
  const id = "\0worker-url";
  return {
    name: "web-lag:worker-beside",
    enforce: "pre",
    resolveId: (source) => (source.endsWith("runtime.worker.ts?worker&url") ? id : undefined),
    load: (asked) =>
      asked === id ? `const here = ${here};\nexport default new URL("worker.js", here).href;` : undefined,
  };
}
