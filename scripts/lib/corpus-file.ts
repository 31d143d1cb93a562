/** A corpus file, given to a script, → documents. */
import { readFileSync } from "node:fs";
import { describeBadLine, type ParsedCorpus, parseCorpus } from "../../src/app/documents/corpus-jsonl.ts";
import type { Document } from "../../src/terms/document.ts";
import { InputError, messageOf } from "../../src/terms/errors.ts";

/** Throws InputError when a line is bad: no script may get an answer from half of its documents. */
export function readCorpusFile(file: string): readonly Document[] {
  return wholeCorpus(parseCorpus(readText(file)), file);
}

/** Throws InputError that names the file and its bad lines. */
export function wholeCorpus<D>({ documents, badLines }: ParsedCorpus<D>, file: string): readonly D[] {
  if (badLines.length > 0) {
    throw new InputError(
      `${file}: ${badLines.map(describeBadLine).join("; ")}. Nothing was asked. Correct the file.`,
    );
  }
  if (documents.length === 0) {
    throw new InputError(`${file} holds no document. Expected one {"title", "text"} a line.`);
  }
  return documents;
}

/** Throws InputError that names the file. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError(`${file} cannot be read: ${messageOf(error)}`);
  }
}
