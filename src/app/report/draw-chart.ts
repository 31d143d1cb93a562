/** A chart on a canvas: lines with a marker at every point, and hollow markers for published figures. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Chart, Series } from "./charts.ts";
import { colourOf, LOOKS, MARKER_RADIUS } from "./looks.ts";

const HEIGHT = 280;
const FONT = "12px system-ui, sans-serif";
/** Widest that a chart becomes, in CSS pixels. */
const MOST_WIDTH = 720;

export interface DrawnChart {
  readonly canvas: HTMLCanvasElement;
  destroy(): void;
}

/** Draws into `place`, and again when the width of `place` or the page's colours change. */
export function drawChart(chart: Chart, place: HTMLElement): DrawnChart {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const widthNow = () => Math.min(place.clientWidth || MOST_WIDTH, MOST_WIDTH);
  const draw = () => new uPlot(optionsOf(chart, widthNow()), alignedOf(chart.series), place);
  let plot = draw();

  const recolour = () => {
    plot.destroy();
    plot = draw();
  };
  const resize = new ResizeObserver(() => {
    if (place.clientWidth > 0) plot.setSize({ width: widthNow(), height: HEIGHT });
  });
  dark.addEventListener("change", recolour);
  resize.observe(place);
  return {
    get canvas() {
      return plot.ctx.canvas;
    },
    destroy() {
      dark.removeEventListener("change", recolour);
      resize.disconnect();
      plot.destroy();
    },
  };
}

function optionsOf({ x, y, series }: Chart, width: number): uPlot.Options {
  const [ink, grid] = [colourOf("--ink-soft"), colourOf("--line")];
  const axis = {
    stroke: ink,
    font: FONT,
    labelFont: FONT,
    grid: { stroke: grid, width: 1 },
    ticks: { stroke: grid, width: 1 },
  };
  const isShare = y.endsWith("%");
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      x: { time: false, range: (_, low, high) => withMargin(low, high) },
      y: { range: (_, __, high) => [0, isShare ? 100 : Math.ceil((high ?? 1) + 0.5)] },
    },
    axes: [
      { ...axis, label: x, values: (_, places) => places.map((at) => (Number.isInteger(at) ? `${at}` : "")) },
      { ...axis, label: y },
    ],
    series: [{}, ...series.map(lineOf)],
    hooks: { draw: [(plot) => drawMarkers(plot, series)] },
  };
}

function lineOf({ mode, published }: Series): uPlot.Series {
  const { colour, dash } = LOOKS[mode];
  return {
    stroke: colourOf(colour),
    width: published ? 0 : 2,
    dash: [...dash],
    spanGaps: true,
    points: { show: false },
  };
}

function drawMarkers(plot: uPlot, series: readonly Series[]): void {
  const { ctx } = plot;
  const paper = colourOf("--paper");
  for (const { mode, published, points } of series) {
    const colour = colourOf(LOOKS[mode].colour);
    for (const { x, y } of points) {
      const left = plot.valToPos(x, "x", true);
      const top = plot.valToPos(y, "y", true);
      drawMarker(ctx, mode, left, top, published ? paper : colour, colour, uPlot.pxRatio);
    }
  }
}

/** At a place in canvas pixels, of which `ratio` make a CSS pixel. */
export function drawMarker(
  ctx: CanvasRenderingContext2D,
  mode: Series["mode"],
  left: number,
  top: number,
  fill: string,
  stroke: string,
  ratio: number,
): void {
  ctx.save();
  ctx.translate(left, top);
  const size = MARKER_RADIUS * ratio;
  ctx.scale(size, size);
  const path = new Path2D(LOOKS[mode].marker);
  ctx.setLineDash([]);
  ctx.lineWidth = 0.45;
  ctx.strokeStyle = stroke;
  ctx.fillStyle = fill;
  ctx.fill(path);
  ctx.stroke(path);
  ctx.restore();
}

/** One list of places for all lines, as the library wants it; null where a line has no point. */
function alignedOf(series: readonly Series[]): uPlot.AlignedData {
  const places = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const values = series.map(({ points }) => {
    const byPlace = new Map(points.map(({ x, y }) => [x, y]));
    return places.map((place) => byPlace.get(place) ?? null);
  });
  return [places, ...values];
}

/** So that markers at the ends are whole, and a single place has an axis. */
function withMargin(low: number | null, high: number | null): [number, number] {
  const [from, to] = [low ?? 0, high ?? 1];
  const margin = Math.max((to - from) * 0.04, 0.2);
  return [from - margin, to + margin];
}
