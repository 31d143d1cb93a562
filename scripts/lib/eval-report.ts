/** The report of an evaluation → what `npm run eval` prints for people. */
import type { ByMode, EvaluationReport, ModelOfReport } from "../../src/evaluation/evaluation-report.ts";
import { comparisonTableOf, tableOf } from "../../src/evaluation/tables.ts";

export function tablesOf(report: EvaluationReport): string {
  const { modes, oracle = {}, againstNone = {}, againstOracle = {}, documents, setting } = report;
  const rows = [
    ...rowsOf(modes).map(([mode, of]) => [named(mode, setting.model), of] as const),
    ...rowsOf(oracle, "perfect reader, "),
  ];
  const tables = [`Documents: ${documents.unseen}, ${documents.source}`, tableOf(rows)];
  if (Object.keys(againstNone).length > 0) {
    tables.push(comparisonTableOf("against none", rowsOf(againstNone)));
  }
  if (Object.keys(againstOracle).length > 0) {
    tables.push(comparisonTableOf("against the perfect reader", rowsOf(againstOracle)));
  }
  return tables.join("\n\n");
}

/** A mode that the model was not trained for says so. */
function named(mode: string, { trainedModes }: ModelOfReport): string {
  return trainedModes?.some((trained) => trained === mode) === false ? `${mode} (not trained for)` : mode;
}

function rowsOf<F>(figures: ByMode<F>, prefix = ""): (readonly [string, F])[] {
  return Object.entries(figures).map(([mode, of]) => [prefix + mode, of] as const);
}
