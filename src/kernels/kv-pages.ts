/**
 * Where an engine with a paged cache keeps the key/value rows of its sequence: one block a layer, keys and values in
 * turn, `[page][2][kv_head][16][dim]`. A slot is a place for one row: slot s lies in page ⌊s / 16⌋ at s mod 16. Keys here
 * carry their rotary position, unless the engine rotates them as it reads.
 */
import { KvShapeError } from "../terms/errors.ts";
import { bytesPerElement } from "../terms/kv-shape.ts";
import type { KvLayout } from "./kv-buffers.ts";

/** Slots of a page. The shaders count by the same number. */
export const PAGE_SLOTS = 16;

/** `capacity` = slots = 16 a page. One block a layer, on the GPU: usage STORAGE | COPY_SRC | COPY_DST. */
export interface KvPages extends KvLayout {
  readonly layers: readonly GPUBuffer[];
}

/** The same as typed arrays; `float16` as raw bit patterns. */
export interface KvPageArrays extends KvLayout {
  readonly layers: readonly (Float32Array | Uint16Array)[];
}

/** Elements of one layer: keys and values of all pages. */
export function elementsOfPages({ shape, capacity }: KvLayout): number {
  return 2 * shape.kvHeads * capacity * shape.headDim;
}

/** Bytes of one layer: keys and values of all pages. */
export function bytesOfPages(layout: KvLayout): number {
  return elementsOfPages(layout) * bytesPerElement(layout.dtype);
}

/** Slots of as many whole pages as fit into a buffer of a layer. */
export function slotsIn(bytes: number, { shape, dtype }: Omit<KvLayout, "capacity">): number {
  const page = bytesOfPages({ shape, dtype, capacity: PAGE_SLOTS });
  return PAGE_SLOTS * Math.floor(bytes / page);
}

/** Where the row of a slot begins among the elements of a layer, for one head. */
export function elementOfSlot(
  { shape: { kvHeads, headDim } }: KvLayout,
  side: "keys" | "values",
  head: number,
  slot: number,
): number {
  const page = Math.floor(slot / PAGE_SLOTS);
  const block = (2 * page + (side === "keys" ? 0 : 1)) * kvHeads + head;
  return (block * PAGE_SLOTS + (slot % PAGE_SLOTS)) * headDim;
}

/** Refuses pages that are not whole, and blocks that are too small for what they claim to hold. */
export function checkPages(pages: KvPages): void {
  const { shape, capacity, layers } = pages;
  if (capacity % PAGE_SLOTS !== 0) {
    throw new KvShapeError(
      `Got pages with ${capacity} slots, expected a multiple of ${PAGE_SLOTS}. Count whole pages.`,
    );
  }
  if (layers.length !== shape.layers) {
    throw new KvShapeError(
      `Got pages of ${layers.length} layers, expected ${shape.layers}. Give one block a layer.`,
    );
  }
  const bytes = bytesOfPages(pages);
  const smallest = Math.min(...layers.map(({ size }) => size));
  if (smallest < bytes) {
    throw new KvShapeError(
      `Got a block of ${smallest} bytes, expected at least ${bytes} for ${capacity} slots. Count the pages that are there.`,
    );
  }
}
