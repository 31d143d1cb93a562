/** GPQA: the answer is the text of one of the choices. What is asked for is its letter. */
import { letterOf, readChoices, withChoices } from "./choices.ts";
import type { JsonValue } from "./json-value.ts";
import type { Question } from "./question.ts";
import { extraFields, type QuestionForm } from "./question-form.ts";

export const gpqa: QuestionForm = {
  name: "GPQA",
  field: "choices",
  kind: "reasoning",
  read,
  documents: null,
};

function read(entry: JsonValue): Question {
  const ours = extraFields(entry);
  const choices = readChoices(entry.at("choices"));
  return {
    ...(entry.has("id") && { id: entry.at("id").text() }),
    question: withChoices(entry.at("question").text(), choices),
    answer: letterOf(placeOf(entry, choices)),
    choices,
    type: "GPQA",
    facts: [],
    ...ours,
    again: ours.again && withChoices(ours.again, choices),
  };
}

/** Of the answer among the choices. */
function placeOf(entry: JsonValue, choices: readonly string[]): number {
  const answer = entry.at("answer").text();
  const place = choices.indexOf(answer);
  if (place < 0) throw entry.at("answer").error("the text of one of the choices");
  const second = choices.indexOf(answer, place + 1);
  if (second < 0) return place;
  throw entry.at("choices").at(second).error("the answer once among the choices", "is the answer again");
}
