/** Reads 2WikiMultiHop JSON: every entry is checked, and what is wrong is named by file, entry and field. */
import { InputError, messageOf } from "../terms/errors.ts";
import type { Triple } from "./render-documents.ts";

export const TWO_WIKI_TYPES = ["comparison", "bridge_comparison", "compositional", "inference"] as const;
export type TwoWikiType = (typeof TWO_WIKI_TYPES)[number];

/** One hop of a question: a triple, and the title of the document that states it. */
export interface Fact extends Triple {
  readonly title: string;
}

export interface TwoWikiQuestion {
  readonly question: string;
  readonly answer: string;
  readonly type: TwoWikiType;
  /** In the order in which the file lists its evidences. */
  readonly facts: readonly Fact[];
  /** The same question in other words, where the file has one. */
  readonly again: string | undefined;
}

/** Questions of a file's text. Throws InputError that names `file`, the entry (1-based) and the field. */
export function parseTwoWiki(text: string, file: string): TwoWikiQuestion[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `${file} is not whole JSON (${messageOf(error)}). Expected a list of 2WikiMultiHop questions; ` +
        "the file may be truncated: fetch it again.",
    );
  }
  if (!Array.isArray(data)) {
    throw new InputError(`${file} holds ${describe(data)}. Expected a list of 2WikiMultiHop questions.`);
  }
  if (data.length === 0) {
    throw new InputError(`${file} holds an empty list. Expected at least one 2WikiMultiHop question.`);
  }
  return data.map((entry, index) => parseEntry(entry, new Place(file, index + 1)));
}

function parseEntry(entry: unknown, place: Place): TwoWikiQuestion {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    throw place.error("", `is ${describe(entry)}`, "an object");
  }
  const fields = entry as Record<string, unknown>;
  const again = fields.again;
  if (again !== undefined && typeof again !== "string") {
    throw place.error("again", `is ${describe(again)}`, "a string or nothing");
  }
  return {
    question: textOf(fields.question, "question", place),
    answer: textOf(fields.answer, "answer", place),
    type: typeOf(fields.type, place),
    facts: factsOf(fields, place),
    again,
  };
}

/**
 * `supporting_facts[i]` names the document of `evidences[i]`. Where the counts differ nothing pairs them, and a
 * triple's subject is taken as the title.
 */
function factsOf(fields: Record<string, unknown>, place: Place): Fact[] {
  const titles = listOf(fields.supporting_facts, "supporting_facts", place).map((fact, index) => {
    const field = `supporting_facts[${index}]`;
    if (!Array.isArray(fact) || fact.length < 1) {
      throw place.error(field, `is ${describe(fact)}`, "[title, sentence number]");
    }
    return textOf(fact[0], `${field}[0]`, place);
  });
  const evidences = listOf(fields.evidences, "evidences", place);
  const paired = titles.length === evidences.length;
  return evidences.map((evidence, index) => {
    const field = `evidences[${index}]`;
    if (!Array.isArray(evidence) || evidence.length !== 3) {
      throw place.error(field, `is ${describe(evidence)}`, "[subject, relation, value]");
    }
    const [subject, relation, value] = evidence.map((part, i) => textOf(part, `${field}[${i}]`, place));
    return {
      title: paired ? titles[index]! : subject!,
      subject: subject!,
      relation: relation!,
      value: value!,
    };
  });
}

function textOf(value: unknown, field: string, place: Place): string {
  if (typeof value !== "string" || value.trim() === "") {
    throw place.error(field, `is ${describe(value)}`, "a string that is not empty");
  }
  return value.trim();
}

function listOf(value: unknown, field: string, place: Place): unknown[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw place.error(field, `is ${describe(value)}`, "a list that is not empty");
  }
  return value;
}

function typeOf(value: unknown, place: Place): TwoWikiType {
  const found = TWO_WIKI_TYPES.find((type) => type === value);
  if (found === undefined)
    throw place.error("type", `is ${describe(value)}`, `one of ${TWO_WIKI_TYPES.join(", ")}`);
  return found;
}

/** Where in which file. */
class Place {
  readonly #file: string;
  readonly #entry: number;

  constructor(file: string, entry: number) {
    this.#file = file;
    this.#entry = entry;
  }

  error(field: string, got: string, expected: string): InputError {
    const where = `${this.#file}, entry ${this.#entry}${field === "" ? "" : `, field ${field}`}`;
    return new InputError(`${where} ${got}. Expected ${expected}: correct the file.`);
  }
}

function describe(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
