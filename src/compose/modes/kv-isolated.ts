/**
 * Mode `kv-isolated`. Encodes the last response alone, without a blank line in front, as caches of text blocks do:
 * the rows of the same tokens as in `kv`, which have seen nothing of the responses before.
 */
import { rowsMode } from "./rows-mode.ts";

export const kvIsolated = rowsMode({
  name: "kv-isolated",
  span({ responseIds }) {
    const ids = responseIds.at(-1)!;
    return { ids, from: 0, to: ids.length };
  },
});
