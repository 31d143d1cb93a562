/** A finished evaluation: what it was, its tables and curves beside the published figures, and all of it as files. */
import type { EvaluationReport } from "../../evaluation/evaluation-report.ts";
import { find } from "../dom.ts";
import { reportTexts as texts } from "../texts/report-texts.ts";
import { aboutOf } from "./about-report.ts";
import { type ChartFigure, showChart } from "./chart-figure.ts";
import { chartsOf } from "./charts.ts";
import { download } from "./download.ts";
import { pageTables } from "./page-tables.ts";
import { PUBLISHED_SOURCE, publishedOf } from "./published.ts";
import { csvOf } from "./report-csv.ts";
import { tableElement } from "./table-element.ts";

/** The steps of a run as JSON lines. */
export type Lines = () => Promise<string>;

export interface ResultView {
  readonly heading: HTMLElement;
  /** `lines`: null for a report that was opened from a file. */
  show(report: EvaluationReport, lines: Lines | null): void;
}

export function mountResultView(): ResultView {
  const view = find(".result");
  const heading = find("h3", view);
  const saveSteps = find<HTMLButtonElement>(".save-steps", view);
  let charts: readonly ChartFigure[] = [];
  let shown: { readonly report: EvaluationReport; readonly lines: Lines | null } | undefined;

  find(".save-report", view).addEventListener("click", () => {
    if (shown) save("report.json", "application/json", `${JSON.stringify(shown.report, null, 2)}\n`);
  });
  find(".save-table", view).addEventListener("click", () => {
    if (!shown) return;
    const { report } = shown;
    save("table.csv", "text/csv", csvOf(report, publishedOf(report.setting.form)));
  });
  saveSteps.addEventListener("click", async () => {
    if (shown?.lines) save("steps.jsonl", "application/jsonl", await shown.lines());
  });

  return {
    heading,
    show(report, lines) {
      shown = { report, lines };
      const { setting } = report;
      const published = publishedOf(setting.form);
      view.hidden = false; // before the charts: a drawing needs to know its width
      saveSteps.hidden = lines === null;
      heading.textContent = `${setting.form}: ${setting.dataset}`;
      find(".result-about", view).textContent = aboutOf(report);
      find(".result-tables", view).replaceChildren(...pageTables(report, published).map(tableElement));
      find(".result-published", view).textContent =
        Object.keys(published).length > 0 ? texts.about.published(setting.form, PUBLISHED_SOURCE) : "";
      for (const chart of charts) chart.destroy();
      const place = find(".result-charts", view);
      charts = chartsOf(report, published).map((chart) => showChart(chart, place));
    },
  };
}

function save(name: string, type: string, text: string): void {
  download(`web-lag-${name}`, new Blob([text], { type }));
}
