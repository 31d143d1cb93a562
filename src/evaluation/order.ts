/** Orders that a seed draws: of questions that come one after the other, and of logs that fill a bank bit by bit. */
import { generator } from "./generator.ts";

/** Every index below `count` once. */
export function drawOrder(count: number, seed: number): readonly number[] {
  const next = generator(seed);
  const drawn = Array.from({ length: count }, (_, index) => ({ index, order: next() }));
  return drawn.sort((a, b) => a.order - b.order).map(({ index }) => index);
}

/** `size` indices below `count`, ascending. Of one seed, a smaller draw is part of every larger one. */
export function drawSubset(count: number, size: number, seed: number): readonly number[] {
  return drawOrder(count, seed)
    .slice(0, size)
    .sort((a, b) => a - b);
}
