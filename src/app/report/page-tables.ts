/** The tables of the page: those of the report without what its curves show, the published figures beside them. Pure. */
import type { EvaluationReport, ModelOfReport, PartReport } from "../../evaluation/evaluation-report.ts";
import {
  comparisonTable,
  costsTable,
  figuresTable,
  gainsTable,
  paperTable,
  typesOf,
  typesTable,
} from "../../evaluation/report-tables.ts";
import type { Table } from "../../evaluation/table.ts";
import type { Mode } from "../../terms/log.ts";
import { reportTexts as texts } from "../texts/report-texts.ts";
import type { PublishedModes } from "./published.ts";

const NOTHING = "–";

export function pageTables(report: EvaluationReport, published: PublishedModes): Table[] {
  const { setting, modes, seen, dynamic } = report;
  const { model } = setting;
  const [figures, ...others] = partTables(texts.tables.unseen, report, model);
  return [
    ...(figures ? [withPublished(figures, modes, published), ...others] : []),
    ...(seen
      ? [...(figures ? [paperTable(report, seen)] : []), ...partTables(texts.tables.seen, seen, model)]
      : []),
    ...(dynamic ? partTables(texts.tables.growing(dynamic.seed), dynamic, model) : []),
  ];
}

/** Figures first. Nothing of a part in which no mode was asked. */
function partTables(title: string, part: PartReport, model: ModelOfReport): Table[] {
  const { modes, againstNone = {}, gains = {}, againstOracle = {}, oracleBothRight } = part;
  if (isEmpty(modes)) return [];
  return [
    figuresTable(title, part, model),
    ...(isEmpty(againstNone)
      ? []
      : [comparisonTable(texts.tables.againstNone(title), againstNone, oracleBothRight)]),
    ...(typesOf(modes).length > 1 ? [typesTable(texts.tables.types(title), modes)] : []),
    ...(isEmpty(gains) ? [] : [gainsTable(texts.tables.gains(title), gains)]),
    ...(isEmpty(againstOracle) ? [] : [comparisonTable(texts.tables.againstOracle(title), againstOracle)]),
    costsTable(texts.tables.costs(title), part),
  ];
}

/** `table` has a row for each of `modes`, in their order. */
function withPublished({ title, head, rows }: Table, modes: object, published: PublishedModes): Table {
  if (isEmpty(published)) return { title, head, rows };
  const names = Object.keys(modes) as Mode[];
  return {
    title,
    head: [...head, ...texts.tables.published],
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
