/** A report → its tables, with the perfect reader and the published figures beside those of each mode. Pure. */
import type { Interval } from "../../evaluation/bootstrap.ts";
import type {
  ByMode,
  EvaluationReport,
  ModelOfReport,
  PartReport,
} from "../../evaluation/evaluation-report.ts";
import type { Mode } from "../../terms/log.ts";
import { megabytes } from "../words.ts";
import type { PublishedModes } from "./published.ts";
import type { Table } from "./table.ts";

const NONE = "–";

/** Of the unseen questions, of the seen ones asked again, and of all over a growing bank, as far as they were asked. */
export function tablesOf(report: EvaluationReport, published: PublishedModes): Table[] {
  const { setting, seen, dynamic } = report;
  return [
    ...tablesOfPart("Unseen questions", report, setting.model, published),
    ...(seen ? tablesOfPart("Seen questions, asked again", seen, setting.model, {}) : []),
    ...(dynamic ? tablesOfPart("All questions, over a growing bank", dynamic, setting.model, {}) : []),
  ];
}

function tablesOfPart(
  title: string,
  part: PartReport,
  model: ModelOfReport,
  published: PublishedModes,
): Table[] {
  const tables = [figures(title, part, model, published)];
  if (notEmpty(part.againstNone)) tables.push(comparison(title, part.againstNone));
  if (notEmpty(part.gains)) tables.push(gains(title, part.gains));
  tables.push(costs(title, part));
  return tables;
}

function figures(title: string, part: PartReport, model: ModelOfReport, published: PublishedModes): Table {
  const { oracle = {} } = part;
  const isPublished = notEmpty(published);
  const hasCeiling = notEmpty(oracle);
  return {
    title,
    head: [
      "Mode",
      ...["EM %", "95%", "F1 %", "95%", "Steps", "95%", "Questions"],
      ...(hasCeiling ? ["Ceiling EM %", "Ceiling steps"] : []),
      ...(isPublished ? ["Published EM %", "Published F1 %", "Published steps"] : []),
    ],
    rows: entries(part.modes).map(([mode, of]) => {
      const [ceiling, paper] = [oracle[mode], published[mode]];
      return [
        model.trainedModes && !model.trainedModes.includes(mode) ? `${mode} (not trained for)` : mode,
        of.em.toFixed(1),
        interval(of.emInterval, 1),
        of.f1?.toFixed(1) ?? NONE,
        interval(of.f1Interval, 1),
        of.steps.toFixed(2),
        interval(of.stepsInterval, 2),
        String(of.n),
        ...(hasCeiling ? [ceiling?.em.toFixed(1) ?? NONE, ceiling?.steps.toFixed(2) ?? NONE] : []),
        ...(isPublished
          ? [paper?.em.toFixed(1) ?? NONE, paper?.f1?.toFixed(1) ?? NONE, paper?.steps.toFixed(2) ?? NONE]
          : []),
      ];
    }),
  };
}

function comparison(title: string, of: NonNullable<PartReport["againstNone"]>): Table {
  return {
    title: `${title}: against mode none`,
    head: ["Mode", "EM points", "95%", "Steps ×", "95%", "Both right: steps ×", "95%", "Questions"],
    rows: entries(of).map(([mode, { em, steps, stepsBothRight: both }]) => [
      mode,
      signed(em.difference, 1),
      interval(em.interval, 1),
      steps.ratio?.toFixed(2) ?? NONE,
      interval(steps.interval, 2),
      both.ratio?.toFixed(2) ?? NONE,
      interval(both.interval, 2),
      String(both.n),
    ]),
  };
}

function gains(title: string, of: NonNullable<PartReport["gains"]>): Table {
  const changes = [
    ["wrong", "right"],
    ["unsolved", "right"],
    ["right", "wrong"],
    ["right", "unsolved"],
    ["unsolved", "wrong"],
    ["wrong", "unsolved"],
  ] as const;
  return {
    title: `${title}: questions that end otherwise than in mode none`,
    head: ["Mode", ...changes.map(([before, after]) => `${before} → ${after}`), "Steps saved", "95%"],
    rows: entries(of).map(([mode, { ends, stepsSaved }]) => [
      mode,
      ...changes.map(([before, after]) => String(ends[before][after].questions)),
      signed(stepsSaved.mean, 2),
      interval(stepsSaved.interval, 2),
    ]),
  };
}

function costs(title: string, { modes }: PartReport): Table {
  return {
    title: `${title}: what it costs`,
    head: [
      "Mode",
      "First token, ms a step (median)",
      "Task, ms (median)",
      "In front, a step",
      "Prompt tokens, a step",
      "Tokens said, a task",
      "Rows read, a task",
      "Bytes read, a task",
      "Bank",
    ],
    rows: entries(modes).map(([mode, { costs: of }]) => [
      mode,
      of.firstToken.median.toFixed(0),
      of.task.median.toFixed(0),
      of.prefixRows.toFixed(1),
      of.promptTokens.toFixed(1),
      of.newTokens.toFixed(1),
      of.rowsRead.toFixed(1),
      of.bytesRead ? megabytes(of.bytesRead) : NONE,
      of.bankBytes === null ? NONE : megabytes(of.bankBytes),
    ]),
  };
}

function entries<T>(of: ByMode<T>): [Mode, T][] {
  return Object.entries(of) as [Mode, T][];
}

function notEmpty<T extends object>(of: T | undefined): of is T {
  return of !== undefined && Object.keys(of).length > 0;
}

function interval(of: Interval | null, digits: number): string {
  return of ? `${of[0].toFixed(digits)} to ${of[1].toFixed(digits)}` : NONE;
}

function signed(value: number, digits: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(digits)}`;
}
