/**
 * Mode `kv-all`. Encodes all responses of a trace and stores all of their rows, the leading blank line's too: what
 * a log costs when nothing of it is left to the last response.
 */
import { allResponses } from "./all-responses.ts";
import { rowsMode } from "./rows-mode.ts";

export const kvAll = rowsMode({
  name: "kv-all",
  span(trace) {
    const ids = allResponses(trace);
    return { ids, from: 0, to: ids.length };
  },
});
