/** One build: the chat demo with its workers, as a static folder that any web server can serve. */
import { defineConfig } from "vite";
import { offlinePlugin } from "./scripts/lib/offline-plugin.ts";
import { textsPlugin } from "./scripts/lib/texts-plugin.ts";
import { pageTexts } from "./src/app/texts/page-texts.ts";

export default defineConfig({
  base: "./",
  plugins: [textsPlugin(pageTexts), offlinePlugin()],
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      input: { page: "index.html", offline: "workers/offline.worker.ts" },
      output: {
        // A service worker governs the folder that it is served from, under a name that stays.
        entryFileNames: ({ name }) => (name === "offline" ? "offline.worker.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: {
    format: "es",
    rolldownOptions: {
      output: {
        // The service worker tells by its name what is kept only once it was used.
        chunkFileNames: ({ moduleIds }) =>
          `assets/${moduleIds.some((id) => id.includes("/@mlc-ai/web-llm/lib/")) ? "web-llm" : "[name]"}-[hash].js`,
      },
    },
  },
  // The packaged onnxruntime-web finds its wasm file beside itself; pre-bundling would move it.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
});
