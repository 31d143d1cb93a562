/** Placement `front`, the published one: logs stand before begin-of-text, and are encoded behind nothing. */
import type { PromptPlacement } from "./placement.ts";

export const front: PromptPlacement = { name: "front", sinkOf: () => [] };
