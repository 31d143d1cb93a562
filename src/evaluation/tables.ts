/** Figures as text columns, for people. */
import type { Interval } from "./bootstrap.ts";
import type { Comparison } from "./compare.ts";
import type { Summary } from "./report.ts";

type Named<T> = readonly (readonly [name: string, figures: T])[];

/** Exact match, F1 and steps of each mode, with 95% intervals. */
export function tableOf(rows: Named<Summary>): string {
  return columns([
    ["mode", "EM %", "95%", "F1 %", "95%", "steps", "95%", "n"],
    ...rows.map(([name, of]) => [
      name,
      of.em.toFixed(1),
      shown(of.emInterval, 1),
      of.f1 === null ? "–" : of.f1.toFixed(1),
      shown(of.f1Interval, 1),
      of.steps.toFixed(2),
      shown(of.stepsInterval, 2),
      String(of.n),
    ]),
  ]);
}

/** How each differs from what `title` names. */
export function comparisonTableOf(title: string, rows: Named<Comparison>): string {
  return columns([
    [title, "EM points", "95%", "steps ×", "95%", "both right ×", "95%", "n"],
    ...rows.map(([name, { em, steps, stepsBothRight }]) => [
      name,
      `${em.difference > 0 ? "+" : ""}${em.difference.toFixed(1)}`,
      shown(em.interval, 1),
      ratio(steps.ratio),
      shown(steps.interval, 2),
      ratio(stepsBothRight.ratio),
      shown(stepsBothRight.interval, 2),
      String(stepsBothRight.n),
    ]),
  ]);
}

/** The first column to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function shown(interval: Interval | null, digits: number): string {
  return interval ? `[${interval[0].toFixed(digits)}, ${interval[1].toFixed(digits)}]` : "–";
}

function ratio(value: number | null): string {
  return value === null ? "–" : value.toFixed(2);
}
