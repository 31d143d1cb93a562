/** One list → a seen and an unseen part, drawn by a seed. */
import { generator } from "./generator.ts";
import type { Phase } from "./timed-documents.ts";

/** `unseenShare` of the items, rounded to whole ones, are unseen. Each part keeps the list's order. */
export function split<T>(
  items: readonly T[],
  unseenShare: number,
  seed: number,
): Readonly<Record<Phase, readonly T[]>> {
  const next = generator(seed);
  const drawn = items.map((_, index) => ({ index, order: next() })).sort((a, b) => a.order - b.order);
  const unseen = new Set(drawn.slice(0, Math.round(unseenShare * items.length)).map(({ index }) => index));
  return {
    seen: items.filter((_, index) => !unseen.has(index)),
    unseen: items.filter((_, index) => unseen.has(index)),
  };
}
