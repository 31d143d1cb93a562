/** Choosing tokens: greedy, temperature, top-k, top-p, seeds. */
import { describe, expect, it } from "vitest";
import { createChooser, greedy } from "../../src/engine/sample.ts";

const LOGITS = Float32Array.of(0, 2, 1, -1);

/** How often each id is chosen in `draws` draws. */
function histogram(sampling: Parameters<typeof createChooser>[0], draws = 4000): number[] {
  const choose = createChooser(sampling);
  const counts = new Array<number>(LOGITS.length).fill(0);
  for (let i = 0; i < draws; i++) counts[choose(LOGITS)]!++;
  return counts.map((count) => count / draws);
}

describe("sample", () => {
  it("greedy takes the largest, and the first of equals", () => {
    expect(greedy(LOGITS)).toBe(1);
    expect(greedy(Float32Array.of(1, 3, 3))).toBe(1);
    expect(createChooser()(LOGITS)).toBe(1);
    expect(createChooser({ temperature: 0 })(LOGITS)).toBe(1);
  });

  it("temperature 1 draws by softmax", () => {
    const weights = Array.from(LOGITS, Math.exp);
    const total = weights.reduce((a, b) => a + b);
    const got = histogram({ temperature: 1, seed: 3 });
    for (const [id, weight] of weights.entries()) expect(got[id]).toBeCloseTo(weight / total, 1);
  });

  it("a low temperature is nearly greedy, a high one nearly even", () => {
    expect(histogram({ temperature: 0.05, seed: 1 })[1]).toBeGreaterThan(0.999);
    for (const share of histogram({ temperature: 100, seed: 1 })) expect(share).toBeCloseTo(0.25, 1);
  });

  it("top-k keeps the k largest", () => {
    const got = histogram({ temperature: 1, topK: 2, seed: 1 });
    expect(got[0]! + got[3]!).toBe(0);
    expect(got[1]).toBeCloseTo(Math.E / (1 + Math.E), 1);
  });

  it("top-p keeps the smallest set that reaches p", () => {
    // Shares: id 1 0.64, id 2 0.24, id 0 0.09, id 3 0.03.
    expect(histogram({ temperature: 1, topP: 0.6, seed: 1 })).toEqual([0, 1, 0, 0]);
    const got = histogram({ temperature: 1, topP: 0.7, seed: 1 });
    expect(got[0]! + got[3]!).toBe(0);
    expect(got[2]).toBeGreaterThan(0.2);
  });

  it("equal seeds draw equally, other seeds otherwise", () => {
    const draws = (seed: number) => {
      const choose = createChooser({ temperature: 1, seed });
      return Array.from({ length: 40 }, () => choose(LOGITS)).join("");
    };
    expect(draws(7)).toBe(draws(7));
    expect(draws(7)).not.toBe(draws(8));
  });

  it.each([
    [{ temperature: -1 }, "temperature is -1"],
    [{ temperature: Number.NaN }, "temperature is NaN"],
    [{ temperature: 1, topK: 0 }, "topK is 0"],
    [{ temperature: 1, topP: 0 }, "topP is 0"],
    [{ temperature: 1, topP: 1.5 }, "topP is 1.5"],
  ])("refuses %j", (sampling, message) => {
    expect(() => createChooser(sampling)).toThrow(message);
  });

  it("of equal logits at the edge of top-k the first ones are kept", () => {
    const logits = Float32Array.of(1, 3, 2, 2, 2, 0);
    const choose = createChooser({ temperature: 100, topK: 3, seed: 4 });
    const drawn = new Set(Array.from({ length: 200 }, () => choose(logits)));
    expect([...drawn].sort()).toEqual([1, 2, 3]);
  });
});
