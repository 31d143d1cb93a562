/** The reference that start-up self-tests trust, on cases that can be worked out by hand. */
import { describe, expect, it } from "vitest";
import { attentionReference, rotateReference } from "../../src/engine/onnx/attention.reference.ts";

const close = (got: Float32Array, wanted: number[]) => {
  expect(got.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(got[i]).toBeCloseTo(value, 5);
};

describe("attention.reference", () => {
  it("weighs two rows by softmax of scaled products", () => {
    // Scores 2·1/√1 and 0: weights e²/(e²+1) and 1/(e²+1).
    const got = attentionReference(
      { heads: 1, kvHeads: 1, headDim: 1 },
      { queries: Float32Array.of(2), keys: Float32Array.of(1, 0), values: Float32Array.of(10, 20) },
    );
    close(got, [(10 * Math.exp(2) + 20) / (Math.exp(2) + 1)]);
  });

  it("a token does not see those after it", () => {
    const got = attentionReference(
      { heads: 1, kvHeads: 1, headDim: 1 },
      { queries: Float32Array.of(0, 0), keys: Float32Array.of(0, 0), values: Float32Array.of(4, 8) },
    );
    close(got, [4, 6]);
  });

  it("query heads share KV heads in consecutive groups", () => {
    const got = attentionReference(
      { heads: 4, kvHeads: 2, headDim: 1 },
      { queries: Float32Array.of(1, 1, 1, 1), keys: Float32Array.of(0, 0), values: Float32Array.of(5, 7) },
    );
    close(got, [5, 5, 7, 7]);
  });

  it("scales by the root of the head size", () => {
    const got = attentionReference(
      { heads: 1, kvHeads: 1, headDim: 4 },
      {
        queries: Float32Array.of(1, 1, 1, 1),
        keys: Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0),
        values: Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0),
      },
    );
    close(got, new Array(4).fill(Math.exp(2) / (Math.exp(2) + 1)));
  });

  it("rotates pairs by position, and leaves the rest", () => {
    // Position 1, one pair that turns by 1 radian.
    const rows = Float32Array.of(1, 0, 9, 1, 0, 9);
    const pairs = "half-split";
    const got = rotateReference(rows, { heads: 1, headDim: 3, frequencies: [1], pairs }, 0);
    close(got, [1, 0, 9, Math.cos(1), Math.sin(1), 9]);
    const turn = { heads: 1, headDim: 4, frequencies: [1, 0.1] };
    const halves = rotateReference(Float32Array.of(1, 2, 0, 0), { ...turn, pairs }, 1);
    // Pairs (0, 2) and (1, 3) turn by 1 and by 0.1.
    close(halves, [Math.cos(1), 2 * Math.cos(0.1), Math.sin(1), 2 * Math.sin(0.1)]);
    const neighbours = rotateReference(Float32Array.of(1, 0, 2, 0), { ...turn, pairs: "adjacent" }, 1);
    close(neighbours, [Math.cos(1), Math.sin(1), 2 * Math.cos(0.1), 2 * Math.sin(0.1)]);
  });
});
