import { describe, expect, it } from "vitest";
import { paceOf, reckonedPace } from "../../src/app/models/pace.ts";
import type { TaskResult } from "../../src/runtime/events.ts";

const step = (newTokens: number, firstToken: number, generate: number) => ({
  newTokens,
  timings: { firstToken, generate },
});
const resultOf = (backend: "wasm" | "webgpu", ...steps: object[]) =>
  ({ backend, steps }) as unknown as TaskResult;

describe("the pace of a model", () => {
  it("is that of what it said after the first token of each step", () => {
    const pace = paceOf(resultOf("wasm", step(11, 900, 1100), step(31, 400, 1000)), 10e6);
    expect(pace).toEqual({ weightBytes: 10e6, tokens: 50 });
  });

  it("is unknown on a GPU, where size says little, and where nothing was said", () => {
    expect(paceOf(resultOf("webgpu", step(11, 900, 1100)), 10e6)).toBeUndefined();
    expect(paceOf(resultOf("wasm", step(1, 900, 900)), 10e6)).toBeUndefined();
    expect(paceOf(resultOf("wasm"), 10e6)).toBeUndefined();
  });

  it("is less by as much as another model is larger", () => {
    expect(reckonedPace({ weightBytes: 10e6, tokens: 50 }, 500e6)).toBe(1);
  });
});
