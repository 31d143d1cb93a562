/** Scores of every mode and of the perfect reader → what `npm run eval` prints, for people and for programs. */
import { type Comparison, compare, compareAll } from "../../src/evaluation/compare.ts";
import { type Score, type Summary, summarise, summariseByType } from "../../src/evaluation/report.ts";
import { comparisonTableOf, tableOf } from "../../src/evaluation/tables.ts";
import type { Mode } from "../../src/terms/log.ts";
import type { EvalData } from "./eval-data.ts";

export type Scores = Partial<Record<Mode, readonly Score[]>>;

/** A mode's figures, whole and by type of question. */
export type ModeReport = Summary & { readonly byType: Readonly<Record<string, Summary>> };

/** The object of `--json`. */
export interface EvalReport {
  readonly documents: { readonly source: EvalData["source"]; readonly seen: number; readonly unseen: number };
  readonly modes: Partial<Record<Mode, ModeReport>>;
  /** Every other mode against mode none, where that was asked. */
  readonly againstNone?: Partial<Record<Mode, Comparison>>;
  readonly oracle?: Partial<Record<Mode, ModeReport>>;
  /** Every mode against the perfect reader in the same mode. */
  readonly againstOracle?: Partial<Record<Mode, Comparison>>;
}

type DataOfReport = Pick<EvalData, "unseen" | "corpora" | "source">;

export function reportOf(data: DataOfReport, scores: Scores, oracle: Scores | undefined): EvalReport {
  const types = data.unseen.map(({ type }) => type);
  const { none, ...others } = scores;
  const { seen, unseen } = data.corpora;
  return {
    documents: { source: data.source, seen: seen.length, unseen: unseen.length },
    modes: mapModes(scores, (of) => modeReport(of, types)),
    ...(none && { againstNone: compareAll(others, none) }),
    ...(oracle && {
      oracle: mapModes(oracle, (of) => modeReport(of, types)),
      againstOracle: mapModes(scores, (of, mode) => compare(of, oracle[mode]!)),
    }),
  };
}

export function tablesOf(report: EvalReport): string {
  const { modes, oracle = {}, againstNone = {}, againstOracle = {}, documents } = report;
  const rows = [...rowsOf(modes), ...rowsOf(oracle, "perfect reader, ")];
  const tables = [`Documents: ${documents.unseen}, ${documents.source}`, tableOf(rows)];
  if (Object.keys(againstNone).length > 0) {
    tables.push(comparisonTableOf("against none", rowsOf(againstNone)));
  }
  if (Object.keys(againstOracle).length > 0) {
    tables.push(comparisonTableOf("against the perfect reader", rowsOf(againstOracle)));
  }
  return tables.join("\n\n");
}

function modeReport(scores: readonly Score[], types: readonly string[]): ModeReport {
  return { ...summarise(scores), byType: summariseByType(scores, types) };
}

function mapModes<R>(scores: Scores, use: (scores: readonly Score[], mode: Mode) => R) {
  const entries = Object.entries(scores) as [Mode, readonly Score[]][];
  return Object.fromEntries(entries.map(([mode, of]) => [mode, use(of, mode)])) as Partial<Record<Mode, R>>;
}

function rowsOf<F>(figures: Partial<Record<Mode, F>>, prefix = ""): (readonly [string, F])[] {
  return Object.entries(figures).map(([mode, of]) => [prefix + mode, of] as const);
}
