/**
 * The map of a bank: when each log was stored, and how similar it is to a text, as retrieval sees it. A picture of what
 * the list below says in words: a pointer may pick a log in it, everybody else has the list.
 */
import type { Log } from "../../terms/log.ts";
import { rowsOfLastResponse } from "../../terms/log.ts";

const SVG = "http://www.w3.org/2000/svg";
export const WIDTH = 640;
export const HEIGHT = 220;
const MARGIN = 16;

export interface Place {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** Half the width of its mark: its area grows with the rows that it keeps. */
  readonly radius: number;
}

/** Pure. Newer is further right, more similar is higher. A log that is not found stands on the ground. */
export function placesOf(logs: readonly Log[], similarity: ReadonlyMap<string, number>): Place[] {
  const times = logs.map(({ createdAt }) => createdAt);
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const across = (time: number) => (last === first ? 0.5 : (time - first) / (last - first));
  return logs.map((log) => ({
    id: log.id,
    x: MARGIN + across(log.createdAt) * (WIDTH - 2 * MARGIN),
    y: HEIGHT - MARGIN - (similarity.get(log.id) ?? 0) * (HEIGHT - 2 * MARGIN),
    radius: 3 + Math.min(9, Math.sqrt(rowsOfLastResponse(log)) / 3),
  }));
}

/** `pick` is called with the id of a mark that is pressed. */
export function drawMap(
  svg: SVGSVGElement,
  places: readonly Place[],
  nameOf: (id: string) => string,
  pick: (id: string) => void,
): void {
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  const ground = document.createElementNS(SVG, "line");
  const ends = { x1: MARGIN, x2: WIDTH - MARGIN, y1: HEIGHT - MARGIN, y2: HEIGHT - MARGIN };
  for (const [name, value] of Object.entries(ends)) ground.setAttribute(name, String(value));
  const marks = places.map(({ id, x, y, radius }) => {
    const mark = document.createElementNS(SVG, "circle");
    for (const [name, value] of Object.entries({ cx: x, cy: y, r: radius }))
      mark.setAttribute(name, value.toFixed(1));
    mark.dataset.id = id;
    const title = document.createElementNS(SVG, "title");
    title.textContent = nameOf(id);
    mark.append(title);
    mark.addEventListener("click", () => pick(id));
    return mark;
  });
  svg.replaceChildren(ground, ...marks);
}
