/**
 * Mode `kv-last-action`. Encodes all responses, in the last one with a line break before its action and a blank line
 * behind it, and stores the rows of the tokens that overlap the action and its tags. Of a last response without an
 * action it stores what `kv` stores.
 */
import { taggedActions } from "../../terms/action-tags.ts";
import { type TokensOver, tokensOver } from "../text-tokenizer.ts";
import { BLANK_LINE, earlierResponses } from "./all-responses.ts";
import { kv } from "./kv.ts";
import type { TraceTokens } from "./mode.ts";
import { rowsMode } from "./rows-mode.ts";

export const kvLastAction = rowsMode({
  name: "kv-last-action",
  span(trace) {
    const last = lastAction(trace);
    if (!last) return kv.encoding.span(trace);
    const earlier = earlierResponses(trace);
    return {
      ids: [...earlier, ...last.ids],
      from: earlier.length + last.from,
      to: earlier.length + last.to,
    };
  },
});

/** The last response with its action set apart, and the action's tokens in it; undefined when it has none. */
function lastAction({ responses, tokenizer }: TraceTokens): TokensOver | undefined {
  const response = responses.at(-1)!;
  const action = taggedActions(response).at(-1);
  if (!action) return undefined;
  const before = `${response.slice(0, action.from)}\n`;
  const tagged = response.slice(action.from, action.to);
  const behind = response.slice(action.to);
  // Where nothing is said behind the action, its blank line is the one that closes the response.
  const rest = behind.trim() === "" ? "" : behind + BLANK_LINE;
  const standing = { from: before.length, to: before.length + tagged.length };
  return tokensOver(before + tagged + BLANK_LINE + rest, standing, tokenizer);
}
