/**
 * Test projects, by where they run: `unit` and `engine` in Node (onnxruntime-web's wasm), `browser` in real
 * Chromium with a real WebGPU adapter, `flows` drive the built page, `bench` prints ratios.
 */
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { chromiumArgs, findChromium } from "./scripts/lib/chromium.ts";

/** For threads of wasm. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const inChromium = (name: string, include: string[], timeout: number, headers = {}) => ({
  extends: true as const,
  // Tests read the given data, when it is there, from beside the project.
  server: { fs: { allow: [".", "../shared"] }, headers },
  test: {
    name,
    include,
    testTimeout: timeout,
    hookTimeout: timeout,
    fileParallelism: false,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath: findChromium(), args: chromiumArgs() } }),
      instances: [{ browser: "chromium" as const }],
    },
  },
});

const inNode = (name: string, timeout: number, fileParallelism: boolean) => ({
  extends: true as const,
  test: {
    name,
    include: [`tests/${name}/**/*.test.ts`],
    environment: "node" as const,
    testTimeout: timeout,
    hookTimeout: timeout,
    fileParallelism,
  },
});

export default defineConfig({
  optimizeDeps: {
    exclude: ["onnxruntime-web", "@huggingface/transformers"],
    include: ["idb", "minisearch", "marked", "dompurify"],
  },
  test: {
    projects: [
      inNode("unit", 30_000, true),
      inNode("engine", 240_000, false),
      inChromium("browser", ["tests/browser/**/*.test.ts"], 300_000),
      inNode("flows", 300_000, false),
      inChromium("bench", ["bench/**/*.bench.ts"], 600_000, ISOLATED),
    ],
  },
});
