/** The figures of a report as comma-separated values: one row a part and mode, numbers as they are. Pure. */
import type { Interval } from "../../evaluation/bootstrap.ts";
import type { EvaluationReport, PartReport } from "../../evaluation/evaluation-report.ts";
import type { Mode } from "../../terms/log.ts";
import type { PublishedModes } from "./published.ts";

const HEAD = [
  ...["dataset", "form", "model", "backend", "part", "mode", "questions"],
  ...["em", "em_low", "em_high", "f1", "f1_low", "f1_high", "steps", "steps_low", "steps_high"],
  ...["ceiling_em", "ceiling_f1", "ceiling_steps", "published_em", "published_f1", "published_steps"],
];

type Cell = string | number | null | undefined;

export function csvOf(report: EvaluationReport, published: PublishedModes): string {
  const { dataset, form, model, backend } = report.setting;
  const about = [dataset, form, model.name, backend];
  const parts = [
    ...rowsOf("unseen", report, published),
    ...(report.seen ? rowsOf("seen", report.seen, {}) : []),
    ...(report.dynamic ? rowsOf("growing bank", report.dynamic, {}) : []),
  ].map((row) => [...about, ...row]);
  return [HEAD, ...parts].map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

function rowsOf(part: string, { modes, oracle = {} }: PartReport, published: PublishedModes): Cell[][] {
  return (Object.entries(modes) as [Mode, NonNullable<(typeof modes)[Mode]>][]).map(([mode, of]) => {
    const [ceiling, paper] = [oracle[mode], published[mode]];
    return [
      ...[part, mode, of.n],
      ...[of.em, ...ends(of.emInterval), of.f1, ...ends(of.f1Interval), of.steps, ...ends(of.stepsInterval)],
      ...[ceiling?.em, ceiling?.f1, ceiling?.steps, paper?.em, paper?.f1, paper?.steps],
    ];
  });
}

function ends(interval: Interval | null): readonly Cell[] {
  return interval ?? [null, null];
}

/** After RFC 4180. A figure that is not there is an empty field. */
function quoted(cell: Cell): string {
  const text = String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
