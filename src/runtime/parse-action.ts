/** Response → action: an answer, or what to look for next. Never throws: a model may write anything. */
import { taggedActions, withoutTags } from "../terms/action-tags.ts";
import type { Outcome } from "../terms/log.ts";
import type { TaskKind } from "../terms/task-kind.ts";
import type { Action } from "./events.ts";

/**
 * Of several answers or keywords the last counts; all subquestions are joined by a space, without duplicates. With
 * no tag the whole response is the next query.
 */
export function parseAction(response: string): Action {
  const actions = taggedActions(response);
  const last = actions.at(-1);
  switch (last?.tag) {
    case undefined:
      return { type: "none", text: withoutTags(response) };
    case "subquestion":
      return { type: "subquestion", text: [...new Set(actions.map(({ text }) => text))].join(" ") };
    case "keywords":
      return { type: "keywords", text: last.text };
    case "ans":
      return { type: "answer", text: last.text };
  }
}

/** What a response does in a task of this kind: that of a `chat` task answers, with or without a tag. */
export function actionIn(kind: TaskKind, response: string): Action {
  const action = parseAction(response);
  const whole = response.trim();
  if (kind !== "chat" || action.type === "answer" || whole === "") return action;
  return { type: "answer", text: whole };
}

/** How a task ended whose last action is this one. */
export function outcomeOf(action: Action | undefined): Outcome {
  if (action?.type !== "answer") return "unanswered";
  return UNKNOWN.test(action.text) ? "unknown" : "answered";
}

/** In whatever capitals, and with or without a full stop. */
const UNKNOWN = /^\s*unknown[\p{P}\s]*$/iu;
