/** Prefill, decode and time to first token beside transformers.js, on wasm with one thread and on WebGPU. */
import { test } from "vitest";
import { compareSpeed } from "./speed.ts";

test("speed on wasm, one thread", () =>
  compareSpeed({ backend: "wasm", threads: 1, promptTokens: 256, prompts: 4, newTokens: 32, rounds: 3 }));

// A software adapter takes a third of a second for a token.
test("speed on webgpu", () =>
  compareSpeed({ backend: "webgpu", threads: 1, promptTokens: 64, prompts: 1, newTokens: 8, rounds: 1 }));
