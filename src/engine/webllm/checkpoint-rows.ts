/**
 * Method `checkpoint`: current libraries can export a sequence and import it again, for prompts that are to be resumed.
 * Our kernels fill and read the tensors, which are laid out as pages. What a sequence of n rows looks like is asked of the
 * library, with n slots reserved. An import replaces the sequence, so rows behind others go another way.
 * No library that has these functions could be had, so it was never run: it is used only where it proves itself.
 */
import { PAGE_SLOTS } from "../../kernels/kv-pages.ts";
import { placeInPages } from "../../kernels/place-in-pages.ts";
import { takeFromPages } from "../../kernels/take-from-pages.ts";
import { ModelUnsupportedError } from "../../terms/errors.ts";
import { rowsOf } from "../../terms/kv-shape.ts";
import type { CheckpointGroup } from "./checkpoint-groups.ts";
import type { RowGeometry } from "./geometry.ts";
import type { RowsMethod, RowsParts } from "./rows-method.ts";

/** `behind` places rows where some are there already. */
export function createCheckpointRows({ bridge, geometry, table }: RowsParts, behind: RowsMethod): RowsMethod {
  const { shape, dtype } = geometry;
  const pagesOf = (groups: readonly CheckpointGroup[], layers: readonly GPUBuffer[]) => ({
    shape,
    dtype,
    capacity: slotsOf(groups, geometry),
    layers,
  });
  return {
    name: "checkpoint",
    async place(slices) {
      const rows = rowsOf(slices);
      if (bridge.length > 0 || rows === 0) return behind.place(slices);
      bridge.reserve(rows);
      const checkpoint = bridge.describeCheckpoint();
      bridge.drop(rows);
      await bridge.importCheckpoint(checkpoint, rows, (blocks) =>
        placeInPages(bridge.gpu, {
          slices,
          target: pagesOf(checkpoint.groups, blocks),
          firstRow: 0,
          firstPosition: 0,
          table,
        }),
      );
    },
    async take(from, to) {
      const { groups } = bridge.describeCheckpoint();
      return bridge.exportCheckpoint(groups, (blocks) =>
        takeFromPages(bridge.gpu, {
          source: pagesOf(groups, blocks),
          from,
          to,
          firstPosition: from,
          table,
        }),
      );
    },
  };
}

/** Of tensors `[1][page][2][kv_head][16][dim]`, one a layer. Throws ModelUnsupportedError for others. */
function slotsOf(groups: readonly CheckpointGroup[], { shape, dtype }: RowGeometry): number {
  const pages = groups[0]?.shape[1] ?? 0;
  const expected = [1, pages, 2, shape.kvHeads, PAGE_SLOTS, shape.headDim].join();
  const fits = groups.every(
    (group, layer) =>
      group.first === layer &&
      group.end === layer + 1 &&
      group.shape.join() === expected &&
      group.dtype === dtype,
  );
  if (groups.length === shape.layers && fits) return pages * PAGE_SLOTS;
  throw new ModelUnsupportedError(
    `The library's checkpoints have ${groups.length} tensors of [${groups[0]?.shape.join()}] ${groups[0]?.dtype}, ` +
      `expected one for each of ${shape.layers} layers of [${expected}] ${dtype}. Use another way to place rows.`,
  );
}
