/**
 * Mode `kv`, the default. Encodes all responses of a trace in one forward pass, stores the rows of the last one
 * without rotary position; the next task sees those rows, end to end, as past key/values.
 */
import { allResponses } from "./all-responses.ts";
import { rowsMode } from "./rows-mode.ts";

export const kv = rowsMode({
  name: "kv",
  span(trace) {
    const ids = allResponses(trace);
    return { ids, from: ids.length - trace.responseIds.at(-1)!.length, to: ids.length };
  },
});
