/** One list → a seen and an unseen part, drawn by a seed. */
import { drawSubset } from "./order.ts";
import type { Phase } from "./timed-documents.ts";

/** `unseenShare` of the items, rounded to whole ones, are unseen. Each part keeps the list's order. */
export function split<T>(
  items: readonly T[],
  unseenShare: number,
  seed: number,
): Readonly<Record<Phase, readonly T[]>> {
  const unseen = new Set(drawSubset(items.length, Math.round(unseenShare * items.length), seed));
  return {
    seen: items.filter((_, index) => !unseen.has(index)),
    unseen: items.filter((_, index) => unseen.has(index)),
  };
}
