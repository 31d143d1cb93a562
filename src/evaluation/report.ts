/** Finished questions → exact match, F1 and mean steps. */
import type { Outcome } from "../terms/log.ts";
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
  /** In [0, 1]. */
  readonly f1: number;
  readonly steps: number;
}

export interface Summary {
  /** Percent. */
  readonly em: number;
  /** Percent. */
  readonly f1: number;
  /** Mean. */
  readonly steps: number;
  /** Questions. */
  readonly n: number;
}

/**
 * A task without an answer counts as `stepLimit` steps. `unknown` gets no credit for shared words: it is wrong
 * wherever an answer exists, and counts the steps that it took.
 */
export function scoreAttempt(attempt: Attempt, gold: string, stepLimit: number): Score {
  if (attempt.answer === null) return { em: 0, f1: 0, steps: stepLimit };
  const em = exactMatch(attempt.answer, gold) ? 1 : 0;
  const f1 = attempt.outcome === "unknown" ? em : tokenF1(attempt.answer, gold);
  return { em, f1, steps: attempt.steps };
}

export function summarise(scores: readonly Score[]): Summary {
  const mean = (pick: (score: Score) => number) =>
    scores.length === 0 ? 0 : scores.reduce((sum, score) => sum + pick(score), 0) / scores.length;
  return {
    em: round(100 * mean((score) => score.em)),
    f1: round(100 * mean((score) => score.f1)),
    steps: round(mean((score) => score.steps)),
    n: scores.length,
  };
}

/** Rows of name and summary as text columns, for people. */
export function tableOf(rows: readonly (readonly [name: string, summary: Summary])[]): string {
  const width = Math.max(4, ...rows.map(([name]) => name.length));
  const head = `${"mode".padEnd(width)}  ${["EM %", "F1 %", "steps", "n"].map((cell) => cell.padStart(6)).join("  ")}`;
  const lines = rows.map(([name, { em, f1, steps, n }]) => {
    const cells = [em.toFixed(1), f1.toFixed(1), steps.toFixed(2), String(n)];
    return `${name.padEnd(width)}  ${cells.map((cell) => cell.padStart(6)).join("  ")}`;
  });
  return [head, ...lines].join("\n");
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
