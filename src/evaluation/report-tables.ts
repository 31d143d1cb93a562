/** A report → its tables: figures with the perfect reader beside them, what changed against none, curves, costs. Pure. */

import type { Mode } from "../terms/log.ts";
import type { Interval } from "./bootstrap.ts";
import type {
  ByMode,
  CurvePoint,
  DynamicReport,
  EvaluationReport,
  ModelOfReport,
  OrderCurve,
  PartReport,
  ReaderReport,
} from "./evaluation-report.ts";
import type { Table } from "./table.ts";

const NOTHING = "–";

/** Every table that the report has something for. */
export function tablesOf(report: EvaluationReport): Table[] {
  const { setting, seen, bankSizes, ks, dynamic } = report;
  const { model } = setting;
  return [
    ...(seen && hasAny(report.modes) ? [paperTable(report, seen)] : []),
    ...partTables("Unseen questions", report, model),
    ...(seen ? partTables("Seen questions, asked again", seen, model) : []),
    ...(bankSizes
      ? [curveTable(`Over logs in the bank, drawn by seed ${bankSizes.seed}`, bankSizes.curves)]
      : []),
    ...(ks ? [curveTable("Over logs a step", ks.curves)] : []),
    ...(dynamic ? dynamicTables(dynamic, model) : []),
  ];
}

/** The paper's form: exact match, F1 and iterations, of seen and unseen questions, with the ceiling of the latter. */
export function paperTable(report: EvaluationReport, seen: PartReport): Table {
  const { modes, oracle = {}, setting } = report;
  const hasCeiling = hasAny(oracle);
  const names = ["EM", "F1", "iterations"];
  return {
    title: "Exact match, F1 and iterations, seen and unseen",
    head: [
      "mode",
      ...names.map((name) => `seen ${name}`),
      ...names.map((name) => `unseen ${name}`),
      ...(hasCeiling ? ["unseen ceiling EM", "unseen ceiling iterations"] : []),
    ],
    rows: entries(modes).map(([mode, of]) => [
      modeName(mode, setting.model),
      ...plain(seen.modes[mode]),
      ...plain(of),
      ...(hasCeiling
        ? [oracle[mode]?.em.toFixed(1) ?? NOTHING, oracle[mode]?.steps.toFixed(2) ?? NOTHING]
        : []),
    ]),
  };
}

/** Figures, comparison, gains, iterations and costs of one part. */
export function partTables(title: string, part: PartReport, model: ModelOfReport): Table[] {
  if (!hasAny(part.modes)) return [];
  const { againstNone, gains, againstOracle, oracleBothRight } = part;
  return [
    figuresTable(title, part, model),
    ...(hasAny(againstNone) ? [comparisonTable(`${title}: against none`, againstNone, oracleBothRight)] : []),
    ...(typesOf(part.modes).length > 1 ? [typesTable(`${title}: by type`, part.modes)] : []),
    ...(hasAny(gains) ? [gainsTable(`${title}: where that comes from`, gains)] : []),
    ...(hasAny(againstOracle)
      ? [comparisonTable(`${title}: against the perfect reader`, againstOracle)]
      : []),
    iterationsTable(`${title}: exact match if stopped after so many steps`, part.modes),
    costsTable(`${title}: what it costs (reuse saves larger models a larger share of the time)`, part),
  ];
}

/** Exact match, F1 and steps with 95% intervals, and what a reader that misses nothing reaches in the same mode. */
export function figuresTable(title: string, { modes, oracle = {} }: PartReport, model: ModelOfReport): Table {
  const hasCeiling = hasAny(oracle);
  return {
    title,
    head: [
      "mode",
      ...["EM %", "95%", "F1 %", "95%", "steps", "95%", "n"],
      ...(hasCeiling ? ["ceiling EM", "ceiling steps"] : []),
    ],
    rows: entries(modes).map(([mode, of]) => [
      modeName(mode, model),
      of.em.toFixed(1),
      interval(of.emInterval, 1),
      of.f1?.toFixed(1) ?? NOTHING,
      interval(of.f1Interval, 1),
      of.steps.toFixed(2),
      interval(of.stepsInterval, 2),
      String(of.n),
      ...(hasCeiling
        ? [oracle[mode]?.em.toFixed(1) ?? NOTHING, oracle[mode]?.steps.toFixed(2) ?? NOTHING]
        : []),
    ]),
  };
}

/**
 * Paired differences of exact match, and ratios of steps, over all questions and over those that both answer rightly,
 * with the ratio that a reader that misses nothing reaches on the latter.
 */
export function comparisonTable(
  title: string,
  of: NonNullable<PartReport["againstNone"]>,
  ceilings: PartReport["oracleBothRight"] = {},
): Table {
  const hasCeiling = hasAny(ceilings);
  return {
    title,
    head: [
      "mode",
      ...["EM points", "95%", "steps ×", "95%", "both right ×", "95%", "n"],
      ...(hasCeiling ? ["its ceiling ×"] : []),
    ],
    rows: entries(of).map(([mode, { em, steps, stepsBothRight: both }]) => [
      mode,
      signed(em.difference, 1),
      interval(em.interval, 1),
      steps.ratio?.toFixed(2) ?? NOTHING,
      interval(steps.interval, 2),
      both.ratio?.toFixed(2) ?? NOTHING,
      interval(both.interval, 2),
      String(both.n),
      ...(hasCeiling ? [ceilings[mode]?.ratio?.toFixed(2) ?? NOTHING] : []),
    ]),
  };
}

const CHANGES = [
  ["wrong", "right"],
  ["unsolved", "right"],
  ["unsolved", "wrong"],
  ["right", "wrong"],
  ["right", "unsolved"],
  ["wrong", "unsolved"],
] as const;

/** Numbers of questions that end otherwise than in mode none, and the steps saved over all and where both are right. */
export function gainsTable(title: string, of: NonNullable<PartReport["gains"]>): Table {
  return {
    title,
    head: [
      "mode",
      ...CHANGES.map(([before, after]) => `${before}→${after}`),
      ...["steps saved", "95%", "where both right"],
    ],
    rows: entries(of).map(([mode, { ends, stepsSaved }]) => [
      mode,
      ...CHANGES.map(([before, after]) => String(ends[before][after].questions)),
      signed(stepsSaved.mean, 2),
      interval(stepsSaved.interval, 2),
      `${signed(ends.right.right.stepsSaved, 0)} in ${ends.right.right.questions}`,
    ]),
  };
}

/** Types of question that the first mode was asked, in the order of the alphabet. */
export function typesOf(modes: ByMode<ReaderReport>): string[] {
  return Object.keys(Object.values(modes)[0]?.byType ?? {});
}

/** Exact match with its interval and steps of each type of question. */
export function typesTable(title: string, modes: ByMode<ReaderReport>): Table {
  const names = typesOf(modes);
  const [first] = Object.values(modes);
  return {
    title: `${title}: EM % [95%] / steps`,
    head: ["mode", ...names.map((name) => `${name} (${first!.byType[name]!.n})`)],
    rows: entries(modes).map(([mode, { byType }]) => [
      mode,
      ...names.map((name) => {
        const of = byType[name];
        return of ? `${of.em.toFixed(1)} ${interval(of.emInterval, 1)} / ${of.steps.toFixed(2)}` : NOTHING;
      }),
    ]),
  };
}

export function iterationsTable(title: string, modes: ByMode<ReaderReport>): Table {
  const [first] = Object.values(modes);
  return {
    title,
    head: ["mode", ...first!.iterations.map(({ x }) => String(x))],
    rows: entries(modes).map(([mode, { iterations }]) => [
      mode,
      ...iterations.map(({ em }) => em.toFixed(1)),
    ]),
  };
}

export function costsTable(title: string, { modes }: PartReport): Table {
  return {
    title,
    head: [
      "mode",
      "first token ms",
      "task ms",
      "in front a step",
      "prompt a step",
      "said a task",
      "rows read a task",
      "bytes read a task",
      "bank bytes",
    ],
    rows: entries(modes).map(([mode, { costs: of }]) => [
      mode,
      of.firstToken.median.toFixed(0),
      of.task.median.toFixed(0),
      of.prefixRows.toFixed(1),
      of.promptTokens.toFixed(1),
      of.newTokens.toFixed(1),
      of.rowsRead.toFixed(1),
      of.bytesRead?.toFixed(0) ?? NOTHING,
      of.bankBytes?.toFixed(0) ?? NOTHING,
    ]),
  };
}

/** Exact match and steps at each point of a curve, as "EM / steps". */
export function curveTable(title: string, curves: ByMode<readonly CurvePoint[]>): Table {
  const [first] = Object.values(curves);
  return {
    title: `${title}: EM % / steps`,
    head: ["mode", ...first!.map(({ x }) => String(x))],
    rows: entries(curves).map(([mode, points]) => [
      mode,
      ...points.map(({ em, steps }) => `${em.toFixed(1)} / ${steps.toFixed(2)}`),
    ]),
  };
}

function dynamicTables(dynamic: DynamicReport, model: ModelOfReport): Table[] {
  const title = `Growing bank, order of seed ${dynamic.seed}`;
  return [...partTables(title, dynamic, model), orderTable(title, dynamic)];
}

/** The moving figures at quarters of the order. */
function orderTable(title: string, { questions, window, curves }: DynamicReport): Table {
  const places = [...new Set([window, ...[0.25, 0.5, 0.75, 1].map((share) => Math.round(share * questions))])]
    .filter((x) => x >= window)
    .sort((a, b) => a - b);
  const at = ({ moving }: OrderCurve, x: number) => moving.find((point) => point.x === x)!;
  return {
    title: `${title}: EM % / steps over the last ${window} of so many questions`,
    head: ["mode", ...places.map(String)],
    rows: entries(curves).map(([mode, curve]) => [
      mode,
      ...places.map((x) => `${at(curve, x).em.toFixed(1)} / ${at(curve, x).steps.toFixed(2)}`),
    ]),
  };
}

/** A mode that the model was not trained for says so. */
function modeName(mode: Mode, { trainedModes }: ModelOfReport): string {
  return trainedModes?.includes(mode) === false ? `${mode} (not trained for)` : mode;
}

function plain(of: ReaderReport | undefined): string[] {
  if (!of) return [NOTHING, NOTHING, NOTHING];
  return [of.em.toFixed(1), of.f1?.toFixed(1) ?? NOTHING, of.steps.toFixed(2)];
}

function entries<T>(of: ByMode<T>): [Mode, T][] {
  return Object.entries(of) as [Mode, T][];
}

function hasAny<T extends object>(of: T | undefined): of is T {
  return of !== undefined && Object.keys(of).length > 0;
}

function interval(of: Interval | null, digits: number): string {
  return of ? `[${of[0].toFixed(digits)}, ${of[1].toFixed(digits)}]` : NOTHING;
}

function signed(value: number, digits: number): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(digits)}`;
}
