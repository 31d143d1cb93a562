/** One build: the chat demo with its workers, as a static folder that any web server can serve. */
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: { target: "es2022", chunkSizeWarningLimit: 1500 },
  worker: { format: "es" },
  // The packaged onnxruntime-web finds its wasm file beside itself; pre-bundling would move it.
  optimizeDeps: { exclude: ["onnxruntime-web"] },
});
