/** A report → its curves. The published figures stand in them as single points. Pure. */
import type {
  ByMode,
  CurvePoint,
  EvaluationReport,
  OrderCurve,
  PartReport,
} from "../../evaluation/evaluation-report.ts";
import type { Table } from "../../evaluation/table.ts";
import type { Mode } from "../../terms/log.ts";
import { reportTexts as texts } from "../texts/report-texts.ts";
import type { PublishedModes } from "./published.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Series {
  /** For people. */
  readonly name: string;
  /** How the line looks: every mode has a look of its own. */
  readonly mode: Mode;
  /** A figure of the paper, not of this run. */
  readonly published: boolean;
  /** `x` ascending. */
  readonly points: readonly Point[];
}

export interface Chart {
  /** Short, for file names. */
  readonly name: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
}

/** In the order in which they are shown. */
export function chartsOf(report: EvaluationReport, published: PublishedModes): Chart[] {
  const { modes, bankSizes, ks, dynamic } = report;
  return [
    // Of a report of seen questions or a growing bank alone there is nothing beside the published points.
    ...(Object.keys(modes).length > 0 ? [iterations("unseen", texts.tables.unseen, report, published)] : []),
    ...(report.seen ? [iterations("seen", texts.tables.seen, report.seen, {})] : []),
    ...(bankSizes
      ? overBoth(
          "bank-size",
          [texts.charts.emOverLogs, texts.charts.stepsOverLogs],
          texts.charts.logs,
          bankSizes.curves,
        )
      : []),
    ...(ks ? overBoth("k", [texts.charts.emOverK, texts.charts.stepsOverK], texts.charts.k, ks.curves) : []),
    ...(dynamic ? overOrder(dynamic.curves, dynamic.seed) : []),
  ];
}

/** The numbers of a chart: a row for every x, a column for every line. */
export function tableOfChart({ title, x, series }: Chart): Table {
  const places = [...new Set(series.flatMap(({ points }) => points.map((point) => point.x)))];
  return {
    title,
    head: [x, ...series.map(({ name }) => name)],
    rows: places
      .sort((a, b) => a - b)
      .map((place) => [
        String(place),
        ...series.map(({ points }) => points.find((point) => point.x === place)?.y.toFixed(2) ?? "–"),
      ]),
  };
}

function iterations(name: string, title: string, { modes }: PartReport, published: PublishedModes): Chart {
  const own = entries(modes).map(([mode, of]): Series => {
    return { ...line(mode), points: of.iterations.map(({ x, em }) => ({ x, y: em })) };
  });
  const paper = entries(published).map(([mode, { em, steps }]): Series => {
    return { name: texts.charts.published(mode), mode, published: true, points: [{ x: steps, y: em }] };
  });
  return {
    name: `iterations-${name}`,
    title: texts.charts.iterations(title),
    x: paper.length > 0 ? texts.charts.stepWithPublished : texts.charts.step,
    y: texts.charts.em,
    series: [...own, ...paper],
  };
}

function overBoth(
  name: string,
  [emTitle, stepsTitle]: readonly [em: string, steps: string],
  x: string,
  curves: ByMode<readonly CurvePoint[]>,
): Chart[] {
  const of = (figure: "em" | "steps") =>
    entries(curves).map(([mode, points]): Series => {
      return { ...line(mode), points: points.map((point) => ({ x: point.x, y: point[figure] })) };
    });
  return [
    { name: `${name}-em`, title: emTitle, x, y: texts.charts.em, series: of("em") },
    { name: `${name}-steps`, title: stepsTitle, x, y: texts.charts.steps, series: of("steps") },
  ];
}

function overOrder(curves: ByMode<OrderCurve>, seed: number): Chart[] {
  const of = (figure: "em" | "steps") =>
    entries(curves).map(([mode, { cumulative }]): Series => {
      return { ...line(mode), points: cumulative.map((point) => ({ x: point.x, y: point[figure] })) };
    });
  const x = texts.charts.questions;
  return [
    { name: "order-em", title: texts.charts.emSoFar(seed), x, y: texts.charts.em, series: of("em") },
    {
      name: "order-steps",
      title: texts.charts.stepsSoFar(seed),
      x,
      y: texts.charts.steps,
      series: of("steps"),
    },
  ];
}

function line(mode: Mode): Pick<Series, "name" | "mode" | "published"> {
  return { name: mode, mode, published: false };
}

function entries<T>(of: Partial<Readonly<Record<Mode, T>>>): [Mode, T][] {
  return Object.entries(of) as [Mode, T][];
}
