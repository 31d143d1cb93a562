/**
 * The library: modules for applications, each entry under a name that stays, and (mode `script`) one file for a script
 * tag. The engine is in `worker.js` alone.
 */
import { defineConfig, type Plugin } from "vite";

/** Workers, by the names under which everything else finds them beside itself. */
const WORKERS: Readonly<Record<string, string>> = {
  worker: "workers/runtime.worker.ts",
  "hub-worker": "workers/hub.worker.ts",
};

const ENTRIES = {
  ...WORKERS,
  index: "src/entries/index.ts",
  element: "src/entries/element.ts",
  "ai-sdk": "src/entries/ai-sdk.ts",
  testing: "src/entries/testing.ts",
};

export default defineConfig(({ mode }) => {
  const isScript = mode === "script";
  return {
    base: "./",
    publicDir: false,
    plugins: [
      workersBeside(isScript ? "document.currentScript?.src ?? document.baseURI" : "import.meta.url"),
    ],
    build: {
      outDir: "dist-lib",
      emptyOutDir: !isScript,
      target: "es2022",
      modulePreload: false,
      chunkSizeWarningLimit: 1500,
      rolldownOptions: {
        input: isScript ? { "lag-chat": "src/entries/script.ts" } : ENTRIES,
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
function workersBeside(here: string): Plugin {
  const PREFIX = "\0worker-beside:";
  return {
    name: "web-lag:workers-beside",
    enforce: "pre",
    resolveId(source) {
      const [name] = Object.entries(WORKERS).find(([, path]) => source.endsWith(`${path}?worker&url`)) ?? [];
      return name && PREFIX + name;
    },
    load(id) {
      if (!id.startsWith(PREFIX)) return undefined;
      const file = JSON.stringify(`${id.slice(PREFIX.length)}.js`);
      return `const here = ${here};\nexport default new URL(${file}, here).href;`;
    },
  };
}
