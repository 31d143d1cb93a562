/**
 * Finished work as JSON lines, one numbered entry each, so that a run that ended early goes on where it stopped.
 * The first line says what the entries were made with. A last line that a crash tore is dropped.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Entries, Store } from "../../src/evaluation/solver.ts";
import { InputError } from "../../src/terms/errors.ts";

/** A file of lines for every name, in a folder. */
export function lineStores(folder: string): Store {
  return {
    open: async <T>(name: string, configuration: object) =>
      LineStore.open<T>(join(folder, `${name}.jsonl`), configuration),
  };
}

export class LineStore<T> implements Entries<T> {
  readonly #path: string;
  readonly #entries: Map<number, T>;

  private constructor(path: string, entries: Map<number, T>) {
    this.#path = path;
    this.#entries = entries;
  }

  /** Opens or begins the file. `configuration` is written at its head, for people. Throws InputError. */
  static open<T>(path: string, configuration: object): LineStore<T> {
    mkdirSync(dirname(path), { recursive: true });
    const lines = existsSync(path) ? wholeLines(path) : [];
    if (lines.length === 0) writeFileSync(path, `${JSON.stringify({ configuration })}\n`);
    const entries = new Map<number, T>();
    for (const [index, line] of lines.entries()) {
      if (index === 0) continue;
      const { n, value } = parseLine<T>(line, path, index + 1);
      entries.set(n, value);
    }
    return new LineStore(path, entries);
  }

  get(n: number): T | undefined {
    return this.#entries.get(n);
  }

  /** Entry `n` is on the disk when this returns. */
  put(n: number, value: T): void {
    appendFileSync(this.#path, `${JSON.stringify({ n, value })}\n`);
    this.#entries.set(n, value);
  }
}

/** The lines that end in a line break. What follows the last one is cut off, lest the next entry join it. */
function wholeLines(path: string): string[] {
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) truncateSync(path, end);
  return bytes.subarray(0, end).toString("utf8").split("\n").slice(0, -1);
}

function parseLine<T>(line: string, path: string, number: number): { n: number; value: T } {
  try {
    const entry = JSON.parse(line) as { n: number; value: T };
    if (Number.isInteger(entry.n) && entry.value !== undefined) return entry;
  } catch {
    // Said below, with the place.
  }
  throw new InputError(
    `${path}, line ${number} is damaged. Delete the file: its questions are solved again.`,
  );
}
