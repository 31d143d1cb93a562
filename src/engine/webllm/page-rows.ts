/** Method `pages`: slots are reserved, and our kernels write to and read from the pages where they lie. Copies nothing else. */
import { placeInPages } from "../../kernels/place-in-pages.ts";
import { takeFromPages } from "../../kernels/take-from-pages.ts";
import { rowsOf } from "../../terms/kv-shape.ts";
import type { RowsMethod, RowsParts } from "./rows-method.ts";

/** `blocks`: one a layer; `slots` of each are counted as pages. */
export function createPageRows(
  { bridge, geometry: { shape, dtype }, table }: RowsParts,
  blocks: readonly GPUBuffer[],
  slots: number,
): RowsMethod {
  const pages = { shape, dtype, capacity: slots, layers: blocks };
  return {
    name: "pages",
    async place(slices) {
      const first = bridge.length;
      bridge.reserve(rowsOf(slices));
      bridge.flush();
      await placeInPages(bridge.gpu, { slices, target: pages, firstRow: first, firstPosition: first, table });
    },
    async take(from, to) {
      bridge.flush();
      return takeFromPages(bridge.gpu, { source: pages, from, to, firstPosition: from, table });
    },
  };
}
