/** What the page kernels are tested over: an ordinary case over a page's end, then cases that leave it in one respect. */
import type { KvPageArrays } from "../../src/kernels/kv-pages.ts";
import type { KvDtype, KvShape } from "../../src/terms/kv-shape.ts";
import { KERNEL_CASES, type KernelCase } from "./kernel-cases.ts";
import { seededElements, seededNumbers } from "./kv-rows.ts";

const control: KernelCase = {
  ...KERNEL_CASES[0]!,
  name: "two slices in slots 12…19, over the end of a page",
  capacity: 32,
  firstRow: 12,
};

const deviations: readonly (Partial<KernelCase> & { name: string })[] = [
  { name: "the last slot of a page", tokens: [1], firstRow: 15 },
  { name: "the first slot of a page", tokens: [1], firstRow: 16 },
  { name: "exactly one page", tokens: [16], firstRow: 16 },
  { name: "a page and one slot on either side", tokens: [9, 9], firstRow: 15, capacity: 48 },
  { name: "three pages and part of a fourth", tokens: [20, 21], firstRow: 7, capacity: 64, positions: 128 },
  { name: "the very last slot", tokens: [1], firstRow: 31 },
  { name: "no room to spare", tokens: [16, 16], firstRow: 0, positions: 72 },
  // Those of the other kernels: head sizes, heads, layers, rotations, dtypes. Their rows stay where they were.
  ...KERNEL_CASES.slice(1)
    .filter(({ firstRow }) => firstRow === 2)
    .map((c) => ({ ...c, capacity: 16 * Math.ceil((c.capacity + 10) / 16), firstRow: 12 })),
];

export const PAGE_CASES: readonly KernelCase[] = [
  control,
  ...deviations.map((deviation) => ({ ...control, ...deviation })),
];

/** Pages full of numbers, so that a write beside the right slots shows. */
export function seededPages(
  { shape, dtype, capacity }: { shape: KvShape; dtype: KvDtype; capacity: number },
  seed: number,
): KvPageArrays {
  const next = seededNumbers(seed);
  const elements = 2 * shape.kvHeads * capacity * shape.headDim;
  const layers = Array.from({ length: shape.layers }, () => seededElements(dtype, elements, next));
  return { shape, dtype, capacity, layers };
}

/**
 * Every row of pages by another road than the project's: the elements in the order in which they lie, counted off.
 * `visit` gets where the row starts.
 */
export function eachRowOfPages(
  { shape, capacity }: Omit<KvPageArrays, "layers">,
  visit: (side: "keys" | "values", head: number, slot: number, start: number) => void,
): void {
  let start = 0;
  for (let page = 0; page < capacity / 16; page++) {
    for (const side of ["keys", "values"] as const) {
      for (let head = 0; head < shape.kvHeads; head++) {
        for (let slot = 16 * page; slot < 16 * (page + 1); slot++, start += shape.headDim) {
          visit(side, head, slot, start);
        }
      }
    }
  }
}
