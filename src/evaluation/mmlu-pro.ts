/** MMLU-Pro: the answer is the letter of an option, said twice, as letter and as index. */
import { letterOf, readChoices, withChoices } from "./choices.ts";
import { describe, type JsonValue } from "./json-value.ts";
import type { Question } from "./question.ts";
import { extraFields, type QuestionForm } from "./question-form.ts";

export const mmluPro: QuestionForm = {
  name: "MMLU-Pro",
  field: "options",
  kind: "reasoning",
  read,
  documents: null,
};

function read(entry: JsonValue): Question {
  const ours = extraFields(entry);
  const choices = readChoices(entry.at("options"));
  return {
    ...(entry.has("id") && { id: entry.at("id").text() }),
    question: withChoices(entry.at("question").text(), choices),
    answer: answerOf(entry, choices.length),
    choices,
    type: entry.at("category").text(),
    facts: [],
    ...ours,
    again: ours.again && withChoices(ours.again, choices),
  };
}

function answerOf(entry: JsonValue, options: number): string {
  const index = entry.at("answer_index");
  const place = Array.from({ length: options }, (_, known) => known).find((known) => known === index.value);
  if (place === undefined) throw index.error(`the index of an option, from 0 to ${options - 1}`);
  const answer = entry.at("answer");
  if (answer.value === letterOf(place)) return letterOf(place);
  const got = `is ${describe(answer.value)} and answer_index is ${place}`;
  throw answer.error(`the letter of options[${place}], "${letterOf(place)}"`, got);
}
