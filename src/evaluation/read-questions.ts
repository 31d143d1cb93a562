/** A file of questions in any form that is known, told by its fields. One form a file. */
import { gpqa } from "./gpqa.ts";
import { JsonValue } from "./json-value.ts";
import { mmluPro } from "./mmlu-pro.ts";
import { musique } from "./musique.ts";
import type { Question } from "./question.ts";
import type { QuestionForm } from "./question-form.ts";
import { twoWiki } from "./two-wiki.ts";

/** A new form is one more file and one more name here. */
const QUESTION_FORMS: readonly QuestionForm[] = [twoWiki, musique, gpqa, mmluPro];

/** A question, and the entry that it was read from. */
export interface Entry {
  readonly question: Question;
  readonly place: JsonValue;
}

export interface QuestionFile {
  readonly form: QuestionForm;
  readonly entries: readonly Entry[];
}

/** Throws InputError that names `file`, the line, the entry (1-based) and the field. */
export function readQuestions(text: string, file: string): QuestionFile {
  const names = QUESTION_FORMS.map(({ name }) => name);
  const expected = `a list of questions (${names.join(", ")})`;
  const whole = JsonValue.parse(text, file, expected);
  if (!Array.isArray(whole.value) || whole.value.length === 0)
    throw whole.error(expected, "holds no list of questions");
  const places = whole.list().map((place) => place.object());
  const form = formOf(places[0]!);
  if (form === undefined) throw places[0]!.error(`one of ${markers()}`, "has no field that tells its form");
  const other = places.find((place) => !place.has(form.field) && formOf(place) !== undefined);
  if (other) {
    const got = `is a ${formOf(other)!.name} question and entry 1 a ${form.name} question`;
    throw other.error("one form in a file", got);
  }
  return { form, entries: places.map((place) => ({ question: form.read(place), place })) };
}

function formOf(entry: JsonValue): QuestionForm | undefined {
  return QUESTION_FORMS.find(({ field }) => entry.has(field));
}

function markers(): string {
  return QUESTION_FORMS.map(({ name, field }) => `${field} (${name})`).join(", ");
}
