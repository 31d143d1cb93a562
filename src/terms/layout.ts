/** How a slice came about besides its tokens: where it stood, and when its rows were computed. */

/** Where logs stand in a step: before begin-of-text, or behind what every prompt begins with. */
export const PLACEMENTS = ["front", "sink-first"] as const;
export type Placement = (typeof PLACEMENTS)[number];

/** Which rows a log keeps: those of a pass over its responses alone, or those with which the last one was said. */
export const RECORDINGS = ["re-encode", "live"] as const;
export type Recording = (typeof RECORDINGS)[number];

export interface Layout {
  readonly placement: Placement;
  readonly recording: Recording;
}

/** What the name of an encoding says of a layout: nothing of the published one. */
export type LayoutName = `${"" | "/sink-first"}${"" | "/live"}`;

export function nameOfLayout({ placement, recording }: Layout): LayoutName {
  const placed = placement === "front" ? "" : (`/${placement}` as const);
  const recorded = recording === "re-encode" ? "" : (`/${recording}` as const);
  return `${placed}${recorded}`;
}
