/** Finished questions → exact match, F1 and mean steps, with intervals. */
import type { Outcome } from "../terms/log.ts";
import { bootstrap, type Interval } from "./bootstrap.ts";
import { chosenLetter } from "./choices.ts";
import { type Question, rightAnswers } from "./question.ts";
import { exactMatch, tokenF1 } from "./squad.ts";

/** How a reader, model or oracle, fared with one question. */
export interface Attempt {
  /** null when none was given. */
  readonly answer: string | null;
  readonly outcome: Outcome;
  /** Generate calls that it took. */
  readonly steps: number;
}

export interface Score {
  readonly em: 0 | 1;
  /** In [0, 1]. Null where a letter is the answer: it has no words to share. */
  readonly f1: number | null;
  readonly steps: number;
  /** Whether it ended with an answer, right or wrong. `unknown` is none. */
  readonly solved: boolean;
}

export interface Summary {
  /** Percent. */
  readonly em: number;
  /** Percent. Null where letters are the answers. */
  readonly f1: number | null;
  /** Mean. */
  readonly steps: number;
  /** Questions. */
  readonly n: number;
  /** 95% intervals in the same units. Null without a question, or without the figure. */
  readonly emInterval: Interval | null;
  readonly f1Interval: Interval | null;
  readonly stepsInterval: Interval | null;
}

/**
 * A task without an answer counts as `stepLimit` steps. `unknown` gets no credit for shared words: it is wrong
 * wherever an answer exists, and counts the steps that it took. Of several right answers the one that fits best
 * counts. Of a multiple-choice question the letter counts that the answer means.
 */
export function scoreAttempt(
  attempt: Attempt,
  question: Pick<Question, "answer" | "aliases" | "choices">,
  stepLimit: number,
): Score {
  const { answer, outcome, steps } = attempt;
  const { choices } = question;
  if (answer === null) return { em: 0, f1: choices ? null : 0, steps: stepLimit, solved: false };
  const solved = outcome === "answered";
  if (choices)
    return { em: chosenLetter(answer, choices) === question.answer ? 1 : 0, f1: null, steps, solved };
  const golds = rightAnswers(question);
  const em = golds.some((gold) => exactMatch(answer, gold)) ? 1 : 0;
  const f1 = outcome === "unknown" ? em : Math.max(...golds.map((gold) => tokenF1(answer, gold)));
  return { em, f1, steps, solved };
}

export function summarise(scores: readonly Score[]): Summary {
  const em = figure(scores, (score) => 100 * score.em);
  const lettered = scores.some(({ f1 }) => f1 === null);
  const f1 = lettered ? { mean: null, interval: null } : figure(scores, (score) => 100 * score.f1!);
  const steps = figure(scores, (score) => score.steps);
  return {
    em: em.mean,
    f1: f1.mean,
    steps: steps.mean,
    n: scores.length,
    emInterval: em.interval,
    f1Interval: f1.interval,
    stepsInterval: steps.interval,
  };
}

/** A summary of the questions of each type. `types[i]` is that of `scores[i]`. Types in the order of the alphabet. */
export function summariseByType(
  scores: readonly Score[],
  types: readonly string[],
): Readonly<Record<string, Summary>> {
  const summaries = [...new Set(types)]
    .toSorted()
    .map((type) => [type, summarise(scores.filter((_, i) => types[i] === type))] as const);
  return Object.fromEntries(summaries);
}

function figure(scores: readonly Score[], pick: (score: Score) => number) {
  const values = scores.map(pick);
  const mean = (indices: Iterable<number>, n: number) => {
    let sum = 0;
    for (const i of indices) sum += values[i]!;
    return n === 0 ? 0 : sum / n;
  };
  const interval = bootstrap(values.length, (indices) => mean(indices, indices.length));
  return {
    mean: round(mean(values.keys(), values.length), 2),
    interval: interval && ([round(interval[0], 2), round(interval[1], 2)] as const),
  };
}

export function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
