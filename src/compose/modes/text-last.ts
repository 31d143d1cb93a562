/**
 * Mode `text-last`. The next task sees the last response of each log as plain tokens, exactly the ids of the slice,
 * where mode `kv` has its rows.
 */
import { kv } from "./kv.ts";
import { textMode } from "./text-mode.ts";

export const textLast = textMode("text-last", kv.encoding);
