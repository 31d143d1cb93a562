import { describe, expect, it } from "vitest";
import { chartsOf, tableOfChart } from "../../src/app/report/charts.ts";
import { LOOKS } from "../../src/app/report/looks.ts";
import { publishedOf } from "../../src/app/report/published.ts";
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";
import { MODES } from "../../src/terms/log.ts";
import { modeReport, SAMPLE_REPORT } from "../support/sample-report.ts";

const PUBLISHED = publishedOf("2WikiMultiHop");
const summary = (x: number, em: number, steps: number) => ({ x, ...modeReport(em, steps) });

describe("curves of a report", () => {
  it("show exact match over steps, and published figures as points at their mean steps", () => {
    const [unseen, seen] = chartsOf(SAMPLE_REPORT, PUBLISHED);
    expect(unseen!.series.slice(0, 3).map(({ name, points }) => [name, points.map(({ y }) => y)])).toEqual([
      ["none", [0, 0, 50]],
      ["kv", [0, 70, 70]],
      ["kv-all", [0, 60, 60]],
    ]);
    const kv = unseen!.series.filter(({ mode, published }) => mode === "kv" && published);
    expect(kv).toEqual([
      { name: "kv, published", mode: "kv", published: true, points: [{ x: 1.84, y: 55.2 }] },
    ]);
    expect(seen!.series.map(({ name }) => name)).toEqual(["kv"]);
  });

  it("show exact match and steps over bank size, k and order, where they were asked", () => {
    const order = [1, 2].map((x) => ({ x, em: 50 * x, steps: 3 - x }));
    const report: EvaluationReport = {
      ...SAMPLE_REPORT,
      bankSizes: { seed: 1, curves: { kv: [summary(0, 40, 2), summary(20, 70, 1.5)] } },
      ks: { curves: { kv: [summary(1, 60, 2), summary(3, 70, 1.5)] } },
      dynamic: {
        modes: {},
        seed: 7,
        questions: 2,
        window: 2,
        curves: { kv: { cumulative: order, moving: order.slice(1) } },
      },
    };
    const charts = chartsOf(report, {});
    expect(charts.map(({ name }) => name)).toEqual([
      "iterations-unseen",
      "iterations-seen",
      "bank-size-em",
      "bank-size-steps",
      "k-em",
      "k-steps",
      "order-em",
      "order-steps",
    ]);
    const pointsOf = (name: string) => charts.find((chart) => chart.name === name)!.series[0]!.points;
    expect(pointsOf("bank-size-steps")).toEqual([
      { x: 0, y: 2 },
      { x: 20, y: 1.5 },
    ]);
    expect(pointsOf("k-em").map(({ y }) => y)).toEqual([60, 70]);
    expect(pointsOf("order-em").map(({ y }) => y)).toEqual([50, 100]);
  });

  it("show nothing of unseen questions where none was asked", () => {
    const charts = chartsOf({ ...SAMPLE_REPORT, modes: {} }, PUBLISHED);
    expect(charts.map(({ name }) => name)).toEqual(["iterations-seen"]);
  });

  it("are tables too: a row a place, a dash where a line has no point there", () => {
    const table = tableOfChart(chartsOf(SAMPLE_REPORT, { kv: PUBLISHED.kv! })[0]!);
    expect(table.head.slice(1)).toEqual(["none", "kv", "kv-all", "kv, published"]);
    expect(table.rows).toEqual([
      ["1", "0.00", "0.00", "0.00", "–"],
      ["1.84", "–", "–", "–", "55.20"],
      ["2", "0.00", "70.00", "60.00", "–"],
      ["3", "50.00", "70.00", "60.00", "–"],
    ]);
  });
});

describe("looks of lines", () => {
  it("differ for every mode in colour, dashes or marker: no two by colour alone", () => {
    const looks = MODES.map((mode) => LOOKS[mode]);
    expect(new Set(looks.map(({ colour }) => colour)).size).toBe(MODES.length);
    expect(new Set(looks.map(({ dash }) => dash.join())).size).toBe(MODES.length);
    expect(new Set(looks.map(({ marker }) => marker)).size).toBe(MODES.length);
  });
});
