/** What a library says of a checkpoint, as text → the tensors that belong to it. Pure. */
import { ModelUnsupportedError } from "../../terms/errors.ts";

export interface CheckpointGroup {
  readonly id: number;
  /** It holds the layers [first, end). */
  readonly first: number;
  readonly end: number;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** Tensors in the order of their layers. Throws ModelUnsupportedError where they are told otherwise than in the library's code. */
export function groupsOf(text: string): CheckpointGroup[] {
  return listOf(text)
    .map(groupOf)
    .sort((a, b) => a.first - b.first);
}

function listOf(text: string): Record<string, unknown>[] {
  try {
    const { groups } = JSON.parse(text) as { groups: unknown };
    if (Array.isArray(groups)) return groups as Record<string, unknown>[];
  } catch {
    // said below
  }
  throw new ModelUnsupportedError(
    `WebLLM describes a checkpoint as ${JSON.stringify(text.slice(0, 80))}, expected JSON with a list of groups. ` +
      "Use another way to place rows.",
  );
}

function groupOf(said: Record<string, unknown>): CheckpointGroup {
  const [id, first, end] = [
    said.group_index ?? said.groupIndex,
    said.layer_begin ?? said.layerBegin,
    said.layer_end ?? said.layerEnd,
  ];
  const { shape, dtype } = said;
  const counts = Array.isArray(shape) ? [id, first, end, ...shape] : [];
  if (counts.length > 0 && counts.every(Number.isInteger) && typeof dtype === "string") {
    return { id, first, end, shape, dtype } as CheckpointGroup;
  }
  throw new ModelUnsupportedError(
    `WebLLM describes a part of a checkpoint as ${JSON.stringify(said)}, expected group_index, layer_begin, layer_end, ` +
      "shape and dtype. Use another way to place rows.",
  );
}
