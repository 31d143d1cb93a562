/** How the line of each mode looks: a colour, dashes and a marker of its own, so that no two differ by colour alone. */
import type { Mode } from "../../terms/log.ts";

export interface Look {
  /** Name of the colour in tokens.css. */
  readonly colour: string;
  /** Lengths of dashes and gaps in CSS pixels; empty: a solid line. */
  readonly dash: readonly number[];
  /** SVG path around the origin, within 1 to all sides. */
  readonly marker: string;
}

const CIRCLE = "M-1 0a1 1 0 1 0 2 0a1 1 0 1 0 -2 0z";
const SQUARE = "M-.85 -.85h1.7v1.7h-1.7z";
const DIAMOND = "M0 -1.15L1.15 0L0 1.15L-1.15 0z";
const UP = "M0 -1.1L1.05 .85H-1.05z";
const DOWN = "M0 1.1L1.05 -.85H-1.05z";
const RIGHT = "M1.1 0L-.85 1.05V-1.05z";
const PLUS = "M-.35 -1h.7v.65h.65v.7h-.65v.65h-.7v-.65h-.65v-.7h.65z";
const BAR = "M-.4 -1.1h.8v2.2h-.8z";

export const LOOKS: Readonly<Record<Mode, Look>> = {
  none: { colour: "--series-none", dash: [2, 3], marker: BAR },
  "text-last": { colour: "--series-text-last", dash: [8, 3], marker: SQUARE },
  "text-all": { colour: "--series-text-all", dash: [8, 3, 2, 3], marker: DIAMOND },
  kv: { colour: "--memory", dash: [], marker: CIRCLE },
  "kv-last-action": { colour: "--series-kv-last-action", dash: [4, 2], marker: UP },
  "kv-all": { colour: "--series-kv-all", dash: [12, 3], marker: DOWN },
  "kv-isolated": { colour: "--series-kv-isolated", dash: [12, 3, 2, 3, 2, 3], marker: RIGHT },
  reflection: { colour: "--series-reflection", dash: [2, 2, 6, 2], marker: PLUS },
};

/** Half the size of a marker, in CSS pixels. */
export const MARKER_RADIUS = 4.5;

/** The colour of a look as the page shows it now, light or dark. */
export function colourOf(name: string): string {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
