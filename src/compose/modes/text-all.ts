/**
 * Mode `text-all`. The next task sees all responses of each log as plain tokens, the leading blank line too, where
 * mode `kv-all` has their rows.
 */
import { kvAll } from "./kv-all.ts";
import { textMode } from "./text-mode.ts";

export const textAll = textMode("text-all", kvAll.encoding);
