/** A value of a JSON file that knows where it stands, so that what is wrong is named by file, line, entry and field. */
import { InputError, messageOf } from "../terms/errors.ts";
import { type JsonPath, lineOf, lineOfBreak } from "./json-lines.ts";

interface JsonFile {
  readonly name: string;
  readonly text: string;
}

export class JsonValue {
  /** Undefined: it is not there. */
  readonly value: unknown;
  readonly #file: JsonFile;
  readonly #path: JsonPath;

  private constructor(value: unknown, file: JsonFile, path: JsonPath) {
    this.value = value;
    this.#file = file;
    this.#path = path;
  }

  /** The whole of a file. `expected` says what it should hold. Throws InputError with the line where it breaks. */
  static parse(content: string, name: string, expected: string): JsonValue {
    const text = content.replace(/^\uFEFF/, "");
    try {
      return new JsonValue(JSON.parse(text), { name, text }, []);
    } catch (error) {
      throw new InputError(
        `${name}, line ${lineOfBreak(text)}: this is not whole JSON (${messageOf(error)}). Expected ${expected}; ` +
          "the file may be truncated: fetch it again.",
      );
    }
  }

  /** What stands under a name or an index. */
  at(key: string | number): JsonValue {
    const { value } = this;
    const there = typeof value === "object" && value !== null && Object.hasOwn(value, key);
    const found = there ? (value as Record<string | number, unknown>)[key] : undefined;
    return new JsonValue(found, this.#file, [...this.#path, key]);
  }

  has(key: string): boolean {
    return this.at(key).value !== undefined;
  }

  /** Trimmed, not empty. Throws InputError. */
  text(): string {
    const { value } = this;
    if (typeof value === "string" && value.trim() !== "") return value.trim();
    throw this.error("a string that is not empty");
  }

  /** Not empty. Throws InputError. */
  list(): readonly JsonValue[] {
    const { value } = this;
    if (Array.isArray(value) && value.length > 0) return value.map((_, index) => this.at(index));
    throw this.error("a list that is not empty");
  }

  /** Itself, which may be empty. Throws InputError. */
  object(): JsonValue {
    const { value } = this;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return this;
    throw this.error("an object");
  }

  /** Of an object, in the order of the file. */
  names(): readonly string[] {
    return Object.keys(this.object().value as object);
  }

  /** To be thrown. `got` says what is wrong with the value, when that is not the value itself. */
  error(expected: string, got: string = `is ${describe(this.value)}`): InputError {
    const line = lineOf(this.#file.text, this.#path);
    return new InputError(
      `${this.#file.name}, line ${line}${wordsOf(this.#path)} ${got}. Expected ${expected}: correct the file.`,
    );
  }
}

/** A value as messages quote it. */
export function describe(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** `, entry 2, field evidences[0][2]`: an index of the whole list is an entry, 1-based. */
function wordsOf(path: JsonPath): string {
  const [first, ...rest] = path;
  const inEntry = typeof first === "number";
  const field = inEntry ? rest : path;
  const entry = inEntry ? `, entry ${first + 1}` : "";
  return field.length === 0 ? entry : `${entry}, field ${fieldOf(field)}`;
}

function fieldOf(path: JsonPath): string {
  return path
    .map((key, depth) => {
      if (typeof key === "number") return `[${key}]`;
      const name = /^\w+$/.test(key) ? key : JSON.stringify(key);
      return depth === 0 ? name : `.${name}`;
    })
    .join("");
}
