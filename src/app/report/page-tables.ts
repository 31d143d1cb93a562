/** The tables of the page: those of the report without what its curves show, the published figures beside them. Pure. */
import type { EvaluationReport, ModelOfReport, PartReport } from "../../evaluation/evaluation-report.ts";
import {
  comparisonTable,
  costsTable,
  figuresTable,
  gainsTable,
  paperTable,
} from "../../evaluation/report-tables.ts";
import type { Table } from "../../evaluation/table.ts";
import type { Mode } from "../../terms/log.ts";
import type { PublishedModes } from "./published.ts";

const NOTHING = "–";

export function pageTables(report: EvaluationReport, published: PublishedModes): Table[] {
  const { setting, modes, seen, dynamic } = report;
  const { model } = setting;
  const [figures, ...others] = partTables("Unseen questions", report, model);
  return [
    ...(figures ? [withPublished(figures, modes, published), ...others] : []),
    ...(seen
      ? [
          ...(figures ? [paperTable(report, seen)] : []),
          ...partTables("Seen questions, asked again", seen, model),
        ]
      : []),
    ...(dynamic ? partTables(`Growing bank, order of seed ${dynamic.seed}`, dynamic, model) : []),
  ];
}

/** Figures first. Nothing of a part in which no mode was asked. */
function partTables(title: string, part: PartReport, model: ModelOfReport): Table[] {
  const { modes, againstNone = {}, gains = {}, againstOracle = {} } = part;
  if (isEmpty(modes)) return [];
  return [
    figuresTable(title, part, model),
    ...(isEmpty(againstNone) ? [] : [comparisonTable(`${title}: against none`, againstNone)]),
    ...(isEmpty(gains) ? [] : [gainsTable(`${title}: where that comes from`, gains)]),
    ...(isEmpty(againstOracle)
      ? []
      : [comparisonTable(`${title}: against the perfect reader`, againstOracle)]),
    costsTable(`${title}: what it costs`, part),
  ];
}

/** `table` has a row for each of `modes`, in their order. */
function withPublished({ title, head, rows }: Table, modes: object, published: PublishedModes): Table {
  if (isEmpty(published)) return { title, head, rows };
  const names = Object.keys(modes) as Mode[];
  return {
    title,
    head: [...head, "published EM %", "published F1 %", "published steps"],
    rows: rows.map((row, i) => {
      const paper = published[names[i]!];
      return [
        ...row,
        paper?.em.toFixed(1) ?? NOTHING,
        paper?.f1?.toFixed(1) ?? NOTHING,
        paper?.steps.toFixed(2) ?? NOTHING,
      ];
    }),
  };
}

function isEmpty(of: object): boolean {
  return Object.keys(of).length === 0;
}
