/** Slots of a paged cache: where they lie, and how many there are. */
import { describe, expect, test } from "vitest";
import { bytesOfPages, elementOfSlot, slotsIn } from "../../src/kernels/kv-pages.ts";
import { eachRowOfPages } from "../support/page-cases.ts";

const layout = { shape: { layers: 3, kvHeads: 2, headDim: 64 }, dtype: "float32" as const, capacity: 48 };

describe("kv-pages", () => {
  test("every slot lies where the elements are counted off, and no two in one place", () => {
    const starts = new Set<number>();
    eachRowOfPages(layout, (side, head, slot, start) => {
      expect(elementOfSlot(layout, side, head, slot)).toBe(start);
      starts.add(start);
    });
    expect(starts.size).toBe(2 * 2 * 48);
  });

  test("by hand: slot 17 of head 1 is the second of page 1; its values lie one block of heads behind", () => {
    // Page 1 begins behind 2 × 2 heads of 16 slots of 64 elements.
    const page = 2 * 2 * 16 * 64;
    expect(elementOfSlot(layout, "keys", 1, 17)).toBe(page + (16 + 1) * 64);
    expect(elementOfSlot(layout, "values", 1, 17)).toBe(page + 2 * 16 * 64 + (16 + 1) * 64);
  });

  test("a cache of 512 tokens of 2 heads of 64 in 32 bits has 33 pages in 540,672 bytes", () => {
    expect(slotsIn(540_672, layout)).toBe(33 * 16);
    expect(bytesOfPages({ ...layout, capacity: 33 * 16 })).toBe(540_672);
    expect(slotsIn(540_672, { ...layout, dtype: "float16" })).toBe(66 * 16);
  });

  test("a page that is not whole holds nothing", () => {
    expect(slotsIn(540_671, layout)).toBe(32 * 16);
    expect(slotsIn(100, layout)).toBe(0);
  });
});
