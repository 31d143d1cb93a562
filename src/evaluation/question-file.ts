/** What files of questions have in common: a JSON list whose mistakes are named by file, entry and field. */
import { InputError, messageOf } from "../terms/errors.ts";
import type { Question } from "./question.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** An entry's fields, and where it stands. */
export type ParseEntry = (fields: Fields, place: Place) => Question;

/** `kind` names the questions that are expected, for people. Throws InputError. */
export function parseEntries(text: string, file: string, kind: string, parse: ParseEntry): Question[] {
  const entries = readList(text, file, kind);
  return entries.map((entry, index) => {
    const place = new Place(file, index + 1);
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
      throw place.error("", `is ${describe(entry)}`, "an object");
    }
    return parse(entry as Fields, place);
  });
}

/** The list that a file holds, not empty. Throws InputError. */
export function readList(text: string, file: string, kind: string): readonly unknown[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new InputError(
      `${file} is not whole JSON (${messageOf(error)}). Expected a list of ${kind} questions; ` +
        "the file may be truncated: fetch it again.",
    );
  }
  if (!Array.isArray(data)) {
    throw new InputError(`${file} holds ${describe(data)}. Expected a list of ${kind} questions.`);
  }
  if (data.length === 0) {
    throw new InputError(`${file} holds an empty list. Expected at least one ${kind} question.`);
  }
  return data;
}

/** The fields that only some files have: other words, and the logs to be put in front. */
export function extraFields(fields: Fields, place: Place): Pick<Question, "again" | "front"> {
  const again = fields.again;
  if (again !== undefined && typeof again !== "string") {
    throw place.error("again", `is ${describe(again)}`, "a string or nothing");
  }
  if (fields.front === undefined) return { again };
  const front = listOf(fields.front, "front", place).map((id, i) => textOf(id, `front[${i}]`, place));
  const twice = front.findIndex((id, i) => front.indexOf(id) < i);
  if (twice >= 0) throw place.error(`front[${twice}]`, `is ${describe(front[twice])} again`, "each id once");
  return { again, front };
}

export function textOf(value: unknown, field: string, place: Place): string {
  if (typeof value !== "string" || value.trim() === "") {
    throw place.error(field, `is ${describe(value)}`, "a string that is not empty");
  }
  return value.trim();
}

export function listOf(value: unknown, field: string, place: Place): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw place.error(field, `is ${describe(value)}`, "a list that is not empty");
  }
  return value;
}

/** Where in which file. */
export class Place {
  readonly #file: string;
  readonly #entry: number;

  /** `entry` is 1-based. */
  constructor(file: string, entry: number) {
    this.#file = file;
    this.#entry = entry;
  }

  error(field: string, got: string, expected: string): InputError {
    const where = `${this.#file}, entry ${this.#entry}${field === "" ? "" : `, field ${field}`}`;
    return new InputError(`${where} ${got}. Expected ${expected}: correct the file.`);
  }
}

export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
