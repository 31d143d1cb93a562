/** Response → action: an answer, or what to look for next. Never throws: a model may write anything. */
import type { Outcome } from "../terms/log.ts";
import type { Action } from "./events.ts";

const TAGS = ["ans", "keywords", "subquestion"] as const;
type Tag = (typeof TAGS)[number];

/**
 * An answer wins over everything, keywords over subquestions. Of several answers or keywords the last that is
 * not empty counts; all subquestions are joined by a space, without duplicates. With no tag the whole response
 * is the next query. A tag that is never closed is no tag: the response was cut, so its content may be too.
 */
export function parseAction(response: string): Action {
  const answer = contentsOf(response, "ans").at(-1);
  if (answer !== undefined) return { type: "answer", text: answer };
  const keywords = contentsOf(response, "keywords").at(-1);
  if (keywords !== undefined) return { type: "keywords", text: keywords };
  const subquestions = contentsOf(response, "subquestion");
  if (subquestions.length > 0) return { type: "subquestion", text: [...new Set(subquestions)].join(" ") };
  return { type: "none", text: withoutTags(response) };
}

/** How a task ended whose last action is this one. */
export function outcomeOf(action: Action | undefined): Outcome {
  if (action?.type !== "answer") return "unanswered";
  return UNKNOWN.test(action.text) ? "unknown" : "answered";
}

/** In whatever capitals, and with or without a full stop. */
const UNKNOWN = /^\s*unknown[\p{P}\s]*$/iu;

/** What stands between opening and closing tags of this name, trimmed, empty ones dropped. */
function contentsOf(response: string, tag: Tag): string[] {
  const [open, close] = [`<\\s*${tag}\\s*>`, `<\\s*/\\s*${tag}\\s*>`];
  // A tag opened twice counts from its second opening: the first one was abandoned.
  const pattern = new RegExp(`${open}((?:(?!${open})[^])*?)${close}`, "gi");
  return [...response.matchAll(pattern)].map((match) => withoutTags(match[1]!)).filter((text) => text !== "");
}

const ANY_TAG = new RegExp(`<\\s*/?\\s*(?:${TAGS.join("|")})\\s*>`, "gi");

function withoutTags(text: string): string {
  return text.replace(ANY_TAG, " ").replace(/\s+/g, " ").trim();
}
