/** What the tasks of a pass took: time to the first token, rows and bytes that were read, tokens. */
import { type Mode, unitOf } from "../terms/log.ts";
import type { Answered } from "./answered.ts";
import type { BankFigures } from "./banks.ts";
import { percentile } from "./bootstrap.ts";
import type { Costs, Spread } from "./evaluation-report.ts";
import { round } from "./report.ts";

export function costsOf(mode: Mode, answers: readonly Answered[], bank: BankFigures | null): Costs {
  const steps = answers.flatMap((answered) => answered.steps);
  const readsRows = unitOf(mode) === "row";
  const rowsRead = readsRows ? mean(answers.map((answered) => answered.rowsRead)) : 0;
  const bytesOfRow = bank && bank.rows > 0 ? bank.bytes / bank.rows : null;
  const said = ({ steps: of }: Answered) =>
    of.reduce((sum, { newTokens, preparation }) => sum + newTokens + (preparation?.newTokens ?? 0), 0);
  return {
    firstToken: spreadOf(
      steps.map(
        ({ timings: { retrieve, prepare, prefix, firstToken } }) => retrieve + prepare + prefix + firstToken,
      ),
    ),
    task: spreadOf(answers.map(({ milliseconds }) => milliseconds)),
    prefixRows: round(mean(steps.map(({ prefixRows }) => prefixRows)), 1),
    promptTokens: round(mean(steps.map(({ promptTokens }) => promptTokens)), 1),
    newTokens: round(mean(answers.map(said)), 1),
    rowsRead: round(rowsRead, 1),
    bytesRead: rowsRead === 0 ? 0 : bytesOfRow && Math.round(rowsRead * bytesOfRow),
    bankBytes: bank?.bytes ?? null,
  };
}

function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { mean: 0, median: 0 };
  return {
    mean: round(mean(values), 1),
    median: round(
      percentile(
        values.toSorted((a, b) => a - b),
        0.5,
      ),
      1,
    ),
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
