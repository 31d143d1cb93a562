/** Every placement by its name. A new one is one more file and one more line here. */
import type { Placement } from "../../terms/layout.ts";
import { front } from "./front.ts";
import type { PromptPlacement } from "./placement.ts";
import { sinkFirst } from "./sink-first.ts";

export const PROMPT_PLACEMENTS: Readonly<Record<Placement, PromptPlacement>> = {
  front,
  "sink-first": sinkFirst,
};
