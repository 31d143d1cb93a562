/** Questions that name the seen questions whose logs are put in front of them. */
import { InputError } from "../terms/errors.ts";
import type { Entry } from "./read-questions.ts";

/** Throws InputError by file, line, entry and field when an id is not that of exactly one seen question. */
export function checkFronts(
  unseen: readonly Entry[],
  seen: readonly Entry[],
  names: { readonly seen: string; readonly unseen: string },
): void {
  if (!unseen.some(({ question }) => question.front)) {
    throw new InputError(
      `${names.unseen} has no entry with a field "front" among those that are asked. --front puts in front what ` +
        "it names: leave the option out.",
    );
  }
  const times = new Map<string, number>();
  for (const { question } of seen) {
    if (question.id !== undefined) times.set(question.id, (times.get(question.id) ?? 0) + 1);
  }
  for (const { place, question } of unseen) {
    question.front?.forEach((id, i) => {
      if (times.get(id) === 1) return;
      const why = times.has(id)
        ? `is the _id of ${times.get(id)} questions`
        : "is the _id of no question that fills the bank";
      throw place
        .at("front")
        .at(i)
        .error(
          `that of one question of ${names.seen}, within --seen-limit`,
          `is ${JSON.stringify(id)}, which ${why}`,
        );
    });
  }
}
