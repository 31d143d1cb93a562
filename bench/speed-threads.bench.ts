/** As speed.bench.ts, on wasm with as many threads as there are cores: a page of its own, since it has one runtime. */
import { test } from "vitest";
import { compareSpeed } from "./speed.ts";

const threads = Math.min(4, navigator.hardwareConcurrency);

test.skipIf(!crossOriginIsolated || threads === 1)(
  `speed on wasm, ${threads} threads (needs a cross-origin isolated page and more than one core)`,
  () => compareSpeed({ backend: "wasm", threads, promptTokens: 256, prompts: 4, newTokens: 32, rounds: 3 }),
);
