/** A chart on the page: its title, the drawing, what its lines mean, and its numbers as a table for who cannot see it. */
import { clone, element, find } from "../dom.ts";
import { reportTexts as texts } from "../texts/report-texts.ts";
import { pngOf } from "./chart-png.ts";
import { type Chart, type Series, tableOfChart } from "./charts.ts";
import { download } from "./download.ts";
import { type DrawnChart, drawChart } from "./draw-chart.ts";
import { LOOKS, MARKER_RADIUS } from "./looks.ts";
import { tableElement } from "./table-element.ts";

const SVG = "http://www.w3.org/2000/svg";
const [SAMPLE_WIDTH, SAMPLE_HEIGHT] = [40, 14];

export interface ChartFigure {
  readonly root: HTMLElement;
  destroy(): void;
}

/** `place` is on the page: a drawing needs to know its width. */
export function showChart(chart: Chart, place: HTMLElement): ChartFigure {
  const root = clone("chart-template");
  place.append(root);
  find("figcaption", root).textContent = chart.title;
  find(".chart-legend", root).append(...chart.series.map(legendEntry));
  find(".chart-numbers", root).append(tableElement(tableOfChart(chart)));
  const drawn: DrawnChart = drawChart(chart, find(".chart-drawing", root));
  const button = find<HTMLButtonElement>(".chart-png", root);
  button.setAttribute("aria-label", texts.charts.png(chart.title));
  button.addEventListener("click", async () => {
    download(`web-lag-${chart.name}.png`, await pngOf(chart, drawn.canvas));
  });
  return {
    root,
    destroy() {
      drawn.destroy();
      root.remove();
    },
  };
}

function legendEntry({ name, mode, published }: Series): HTMLElement {
  const { colour, dash, marker } = LOOKS[mode];
  const sample = svg("svg", { width: SAMPLE_WIDTH, height: SAMPLE_HEIGHT, "aria-hidden": "true" });
  const stroke = { stroke: `var(${colour})`, "stroke-width": 2 };
  const middle = SAMPLE_HEIGHT / 2;
  if (!published) {
    sample.append(
      svg("line", {
        ...stroke,
        x2: SAMPLE_WIDTH,
        y1: middle,
        y2: middle,
        "stroke-dasharray": dash.join(" "),
      }),
    );
  }
  sample.append(
    svg("path", {
      ...stroke,
      d: marker,
      "stroke-width": 0.45,
      fill: published ? "var(--paper)" : `var(${colour})`,
      transform: `translate(${SAMPLE_WIDTH / 2} ${middle}) scale(${MARKER_RADIUS})`,
    }),
  );
  const entry = element("li");
  entry.append(sample, name);
  return entry;
}

function svg(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}
