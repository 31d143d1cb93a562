/** A mode whose logs stand in front as rows: the slices of one encoding, end to end, as past key/values. */
import type { KvSlice } from "../../terms/kv-shape.ts";
import { type Encoding, eachByItself, type LoadedLog, type PromptMode } from "./mode.ts";

/** The mode has the name of its encoding. */
export function rowsMode(encoding: Encoding): PromptMode & { readonly encoding: Encoding } {
  const sliceOf = (log: LoadedLog): KvSlice => log.slice!;
  return {
    name: encoding.name,
    remembers: true,
    encoding,
    tokensOf: (log) => sliceOf(log).tokens,
    prepare: eachByItself((log) => ({ prefix: [sliceOf(log)], ids: [] })),
  };
}
