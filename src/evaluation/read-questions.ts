/** A file of questions in any form that is known, told by its fields. One form a file. */
import { MUSIQUE_FIELD, parseMusique } from "./musique.ts";
import type { Question } from "./question.ts";
import { Place, readList } from "./question-file.ts";
import { parseTwoWiki } from "./two-wiki.ts";

export type QuestionForm = "2WikiMultiHop" | "MuSiQue";

export interface QuestionFile {
  readonly form: QuestionForm;
  readonly questions: readonly Question[];
}

/** Throws InputError that names `file`, the entry (1-based) and the field. */
export function readQuestions(text: string, file: string): QuestionFile {
  const entries = readList(text, file, "2WikiMultiHop or MuSiQue");
  const form = formOf(entries[0]);
  const other = entries.findIndex((entry) => isObject(entry) && formOf(entry) !== form);
  if (other >= 0) {
    const got = `is a ${formOf(entries[other])} question and entry 1 a ${form} question`;
    throw new Place(file, other + 1).error("", got, "one form in a file");
  }
  return { form, questions: form === "MuSiQue" ? parseMusique(text, file) : parseTwoWiki(text, file) };
}

function formOf(entry: unknown): QuestionForm {
  return isObject(entry) && MUSIQUE_FIELD in entry ? "MuSiQue" : "2WikiMultiHop";
}

function isObject(entry: unknown): entry is object {
  return typeof entry === "object" && entry !== null && !Array.isArray(entry);
}
