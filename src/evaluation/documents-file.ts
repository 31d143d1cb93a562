/** A documents file: a JSON object of all documents, each under the key that its form of questions knows it by. */
import type { Document } from "../terms/document.ts";
import { InputError } from "../terms/errors.ts";
import { JsonValue } from "./json-value.ts";
import type { Fact } from "./question.ts";
import type { FormDocuments, QuestionForm } from "./question-form.ts";
import type { Entry } from "./read-questions.ts";

/** Documents by key, in the order of the file. */
export type KeyedDocuments = ReadonlyMap<string, Document>;

/** Throws InputError that names `file`, the line and the field. */
export function readDocumentsFile(text: string, file: string, form: QuestionForm): KeyedDocuments {
  const documents = documentsOf(form, file);
  const whole = JsonValue.parse(text, file, `an object of documents, ${documents.fileForm}`).object();
  const keys = whole.names();
  if (keys.length === 0) throw whole.error(`at least one document, ${documents.fileForm}`);
  return new Map(keys.map((key) => [key, documents.read(key, whole.at(key))]));
}

/** The questions, with the titles that their documents have in the file, and how many of the documents are not in it. */
export function inDocuments(
  entries: readonly Entry[],
  documents: KeyedDocuments,
  form: QuestionForm,
): { readonly entries: readonly Entry[]; readonly missing: number } {
  const { keyOf } = form.documents!;
  const missing = new Set<string>();
  const titled = (fact: Fact): Fact => {
    const document = documents.get(keyOf(fact));
    if (document === undefined) missing.add(keyOf(fact));
    return document === undefined ? fact : { ...fact, title: document.title };
  };
  const found = entries.map(({ question, place }) => ({
    question: { ...question, facts: question.facts.map(titled) },
    place,
  }));
  return { entries: found, missing: missing.size };
}

function documentsOf({ documents, name }: QuestionForm, file: string): FormDocuments {
  if (documents !== null) return documents;
  throw new InputError(
    `${file} cannot serve ${name} questions, which name no documents. Leave the file out.`,
  );
}
