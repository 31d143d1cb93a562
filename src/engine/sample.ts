/** Chooses the next token from logits: greedy, or drawn after temperature, top-k and top-p. */
import { InputError } from "../terms/errors.ts";
import type { Sampling } from "./engine.ts";

/** f32 `[vocab]` → token id. */
export type Choose = (logits: Float32Array) => number;

/** Throws InputError for a setting that means nothing. Equal settings with an equal seed choose equally. */
export function createChooser(sampling: Sampling = { temperature: 0 }): Choose {
  const { temperature, topK, topP, seed } = sampling;
  check("temperature", temperature, temperature >= 0 && temperature < Number.POSITIVE_INFINITY, "0 or more");
  check(
    "topK",
    topK,
    topK === undefined || (Number.isInteger(topK) && topK >= 1),
    "a whole number of at least 1",
  );
  check("topP", topP, topP === undefined || (topP > 0 && topP <= 1), "above 0 and at most 1");
  if (temperature === 0) return greedy;
  const random = randomNumbers(seed ?? Math.floor(Math.random() * 2 ** 32));
  return (logits) => draw(logits, temperature, topK ?? logits.length, topP ?? 1, random());
}

/** The first of the largest. */
export function greedy(logits: Float32Array): number {
  let best = 0;
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id;
  return best;
}

function draw(logits: Float32Array, temperature: number, topK: number, topP: number, random: number): number {
  const kept = largestFirst(logits, topK);
  const largest = logits[kept[0]!]!;
  const weights = kept.map((id) => Math.exp((logits[id]! - largest) / temperature));
  const nucleus = countWithin(weights, topP);
  const total = sum(weights.slice(0, nucleus));
  let rest = random * total;
  for (let i = 0; i < nucleus; i++) {
    rest -= weights[i]!;
    if (rest < 0) return kept[i]!;
  }
  return kept[nucleus - 1]!;
}

/** Ids of the `count` largest, the first of equal ones first. A whole vocabulary is not put in order for a few. */
function largestFirst(logits: Float32Array, count: number): number[] {
  const least =
    count < logits.length ? logits.slice().sort()[logits.length - count]! : Number.NEGATIVE_INFINITY;
  const ids: number[] = [];
  for (let id = 0; id < logits.length; id++) if (logits[id]! >= least) ids.push(id);
  return ids.sort((a, b) => logits[b]! - logits[a]! || a - b).slice(0, count);
}

/** How many of the largest weights it takes to reach the share `topP` of them all; at least one. */
function countWithin(weights: readonly number[], topP: number): number {
  const wanted = topP * sum(weights);
  let reached = 0;
  const index = weights.findIndex((weight) => {
    reached += weight;
    return reached >= wanted;
  });
  return index === -1 ? weights.length : index + 1;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function check(name: string, value: unknown, valid: boolean, expected: string): void {
  if (!valid) throw new InputError(`Sampling: ${name} is ${String(value)}, expected ${expected}.`);
}
