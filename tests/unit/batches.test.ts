/** Batches of texts: like lengths together, as many tokens as fit, every text once. */
import { describe, expect, it } from "vitest";
import { batchesOf } from "../../src/embed/batches.ts";

const rows = (...lengths: number[]) => lengths.map((length) => ({ length }));

describe("batches", () => {
  it("shortest first, equal ones in their order", () => {
    expect(batchesOf(rows(3, 1, 2, 1), 100)).toEqual([[1, 3, 2, 0]]);
  });

  it("a batch is full when its rows, each as long as the longest, would be too much: just, and by one", () => {
    expect(batchesOf(rows(2, 2, 4), 12)).toEqual([[0, 1, 2]]);
    expect(batchesOf(rows(2, 2, 4), 11)).toEqual([[0, 1], [2]]);
  });

  it("a row that is longer than a batch is one alone", () => {
    expect(batchesOf(rows(9, 1, 9), 5)).toEqual([[1], [0], [2]]);
  });

  it("nothing gives no batch", () => {
    expect(batchesOf([])).toEqual([]);
  });
});
