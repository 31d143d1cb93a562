/** A drawn chart as a PNG that can stand by itself: with its title and what its lines mean. */
import { reportTexts as texts } from "../texts/report-texts.ts";
import type { Chart } from "./charts.ts";
import { drawMarker } from "./draw-chart.ts";
import { colourOf, LOOKS } from "./looks.ts";

const LINE = 20;
const MARGIN = 16;
/** Length of the piece of line in the legend, in CSS pixels. */
const SAMPLE = 36;

/** `drawn`: the chart's canvas, with `ratio` canvas pixels to a CSS pixel. */
export function pngOf(chart: Chart, drawn: HTMLCanvasElement, ratio = devicePixelRatio): Promise<Blob> {
  const canvas = document.createElement("canvas");
  const ctx = canvas.getContext("2d")!;
  canvas.width = drawn.width + 2 * MARGIN * ratio;
  ctx.font = font("600", ratio);
  const title = wrapped(ctx, chart.title, drawn.width);
  const titleHeight = (title.length * LINE + MARGIN) * ratio;
  canvas.height = titleHeight + drawn.height + (chart.series.length * LINE + 2 * MARGIN) * ratio;

  ctx.fillStyle = colourOf("--paper");
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.textBaseline = "middle";
  ctx.fillStyle = colourOf("--ink");
  ctx.font = font("600", ratio); // setting a canvas's size forgets it
  title.forEach((line, i) => void ctx.fillText(line, MARGIN * ratio, (MARGIN + (i + 0.5) * LINE) * ratio));
  ctx.drawImage(drawn, MARGIN * ratio, titleHeight);
  ctx.font = font("400", ratio);
  chart.series.forEach(({ name, mode, published }, i) => {
    const top = titleHeight + drawn.height + (MARGIN + (i + 0.5) * LINE) * ratio;
    const left = MARGIN * ratio;
    const colour = colourOf(LOOKS[mode].colour);
    if (!published) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = 2 * ratio;
      ctx.setLineDash(LOOKS[mode].dash.map((length) => length * ratio));
      ctx.beginPath();
      ctx.moveTo(left, top);
      ctx.lineTo(left + SAMPLE * ratio, top);
      ctx.stroke();
    }
    const fill = published ? colourOf("--paper") : colour;
    drawMarker(ctx, mode, left + (SAMPLE / 2) * ratio, top, fill, colour, ratio);
    ctx.fillStyle = colourOf("--ink");
    ctx.fillText(name, left + (SAMPLE + 8) * ratio, top);
  });
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(texts.charts.noPicture))));
  });
}

function font(weight: string, ratio: number): string {
  return `${weight} ${13 * ratio}px system-ui, sans-serif`;
}

/** The text in lines of at most `width` canvas pixels. */
function wrapped(ctx: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && ctx.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
