/**
 * Whether rows can be carried through WebLLM on this adapter, by its numbers and not by its names. First without a forward
 * pass, which may take a minute on a slow adapter: rows that one way lays down are read by another, the engine's own
 * rotation is compared with ours, and its attention over a text in two parts with that over the whole. Then by logits: rows
 * in front of a short text against one pass over both, and against the text alone.
 */
import { checkKernels, PAGE_KERNELS } from "../../kernels/check-kernels.ts";
import { copyElements } from "../../kernels/copy-elements.ts";
import { floatFromHalf } from "../../kernels/half.ts";
import { emptySlice } from "../../kernels/stored-rows.ts";
import { messageOf, throwIfAborted } from "../../terms/errors.ts";
import type { KvSlice } from "../../terms/kv-shape.ts";
import { distance, shareOfRace } from "./race-test.ts";
import type { RowsMethod, RowsParts } from "./rows-method.ts";
import type { Verdict } from "./verdicts.ts";

export interface SelfTestParts extends RowsParts {
  /** In the order in which they are preferred. */
  readonly methods: readonly RowsMethod[];
  /** The engine's own way, to compare the others with. */
  readonly fused: RowsMethod;
  readonly vocabSize: number;
  /** Logits of the last of `ids`, run behind what is in the cache. */
  readonly forward: (ids: readonly number[]) => Promise<Float32Array>;
  readonly signal?: AbortSignal | undefined;
}

/** Rows over the end of a page. */
const ROWS = 20;
const BEHIND = 7;
/** The most by which logits may differ, as a share of what leaving the rows away changes. Measured: 5e-4, and 0.5 with the race. */
const SHARE = 0.1;
/** Of numbers in [-1, 1]: the shaders' own cosines are 5e-4 off, halves 1e-3. A wrong place or angle is off by about 1. */
const NEAR = 0.02;

/** Throws what the engine throws, and AbortError. */
export async function testRows(parts: SelfTestParts): Promise<Verdict> {
  const { bridge, vocabSize, forward, methods, signal } = parts;
  const reasons: string[] = [];
  await checkKernels(bridge.gpu, PAGE_KERNELS).catch((error: unknown) => void reasons.push(messageOf(error)));
  const kept: RowsMethod[] = [];
  const broken: RowsMethod[] = [];
  for (const method of methods) {
    const why = await passesRoundTrips(method, parts).catch((error: unknown) => {
      broken.push(method);
      return messageOf(error);
    });
    if (why === undefined) kept.push(method);
    else reasons.push(`The way "${method.name}" was passed over: ${why}.`);
  }
  const [first] = kept;
  if (first === undefined) {
    return { method: null, race: false, reasons, ...(broken.length > 0 && { broke: true as const }) };
  }

  const parted = await shareOfRace(parts);
  // Written so that what is no number fails.
  if (!(parted <= SHARE)) return { method: null, race: true, reasons, shares: { parts: parted } };

  const run = (ids: readonly number[]) => {
    throwIfAborted(signal);
    return forward(ids);
  };
  const head = seededIds(ROWS, vocabSize, 7);
  const tail = seededIds(BEHIND, vocabSize, 99);
  bridge.reset();
  const straight = await run([...head, ...tail]);
  bridge.reset();
  const control = distance(await run(tail), straight);
  bridge.reset();
  await run(head);
  const rows = await first.take(0, ROWS);
  for (const method of kept) {
    bridge.reset();
    await method.place([rows]);
    const shares = { parts: parted, rows: distance(await run(tail), straight) / control };
    bridge.reset();
    if (shares.rows <= SHARE) return { method: method.name, race: false, reasons, shares };
    reasons.push(
      `The way "${method.name}" was passed over: logits behind its rows differ by ${shares.rows.toPrecision(2)} of what leaving them away ` +
        `changes, expected at most ${SHARE}.`,
    );
  }
  return { method: null, race: false, reasons, shares: { parts: parted } };
}

/** Undefined, or what is wrong. */
async function passesRoundTrips(method: RowsMethod, parts: SelfTestParts): Promise<string | undefined> {
  const { bridge, fused } = parts;
  const slice = seededSlice(parts);
  const trips = [
    ["reads its own rows", method, method],
    ["reads rows that the engine turned and laid down", fused, method],
    ["writes rows that the engine reads", method, fused],
  ] as const;
  for (const [what, writer, reader] of trips) {
    bridge.reset();
    await writer.place([slice]);
    if (bridge.length !== ROWS) return `${bridge.length} rows were there after ${ROWS} were placed`;
    const got = await reader.take(0, ROWS);
    const worst = Math.max(furthest(got.keys, slice.keys), furthest(got.values, slice.values));
    if (!(worst <= NEAR)) return `where it ${what}, numbers in [-1, 1] are off by ${worst.toPrecision(2)}`;
  }
  bridge.reset();
  return undefined;
}

function furthest(a: KvSlice["keys"], b: KvSlice["keys"]): number {
  const read = (array: typeof a, i: number) =>
    array instanceof Float32Array ? array[i]! : floatFromHalf(array[i]!);
  let worst = 0;
  for (let i = 0; i < b.length; i++) {
    const off = Math.abs(read(a, i) - read(b, i));
    if (!(off <= worst)) worst = off;
  }
  return worst;
}

function seededSlice({ geometry: { shape, dtype } }: RowsParts): KvSlice {
  const slice = emptySlice(shape, dtype, ROWS);
  const next = numbers(42);
  for (const array of [slice.keys, slice.values]) {
    const seeded = Float32Array.from(array, () => 2 * next() - 1);
    copyElements(seeded, 0, array, 0, array.length);
  }
  return slice;
}

/** Ids like text: none of the control tokens, which stand at the end or are few. */
function seededIds(count: number, vocabSize: number, seed: number): number[] {
  const next = numbers(seed);
  const most = Math.floor(vocabSize * 0.9);
  return Array.from({ length: count }, () => Math.floor(next() * most));
}

/** Numbers in [0, 1), the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
