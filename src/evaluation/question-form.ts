/** What a form of question files is. Each dataset's form is a file of its own; read-questions.ts tells them apart. */
import type { Document } from "../terms/document.ts";
import type { TaskKind } from "../terms/task-kind.ts";
import type { JsonValue } from "./json-value.ts";
import type { Fact, Question } from "./question.ts";

export interface QuestionForm {
  readonly name: string;
  /** The field by which an entry is known to be of this form. */
  readonly field: string;
  readonly kind: TaskKind;
  /** `entry` is an object. Throws InputError that names file, line, entry and field. */
  read(entry: JsonValue): Question;
  /** Null: its questions name no documents. */
  readonly documents: FormDocuments | null;
}

export interface FormDocuments {
  /** What the documents are rendered from, where no file holds them: "evidences". */
  readonly renderedFrom: string;
  render(questions: readonly Question[]): Document[];
  /** What a documents file looks like, for people. */
  readonly fileForm: string;
  /** What stands in a documents file under `key`. Throws InputError that names file, line and field. */
  read(key: string, value: JsonValue): Document;
  /** The key in a documents file of the document that states a fact. */
  keyOf(fact: Fact): string;
}

/** The fields of ours that any form may have: other words, the logs to be put in front, what a report splits by. */
export function extraFields(entry: JsonValue): Pick<Question, "again" | "front" | "group"> {
  const again = entry.at("again");
  if (again.value !== undefined && typeof again.value !== "string") throw again.error("a string or nothing");
  return {
    again: again.value,
    ...(entry.has("group") && { group: entry.at("group").text() }),
    ...(entry.has("front") && { front: frontOf(entry) }),
  };
}

function frontOf(entry: JsonValue): string[] {
  const ids = entry.at("front").list();
  const front = ids.map((id) => id.text());
  const twice = front.findIndex((id, i) => front.indexOf(id) < i);
  if (twice >= 0) throw ids[twice]!.error("each id once", `is ${JSON.stringify(front[twice])} again`);
  return front;
}
