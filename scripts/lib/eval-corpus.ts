/** `--corpus` of an evaluation: a corpus file whose lines may also say when their document is there. */
import { parseCorpusWith } from "../../src/app/documents/corpus-jsonl.ts";
import { type TimedDocument, timedDocument } from "../../src/evaluation/timed-documents.ts";
import { readText, wholeCorpus } from "./corpus-file.ts";

/** Throws InputError that names the file and its bad lines. */
export function readEvalCorpus(file: string): readonly TimedDocument[] {
  return wholeCorpus(parseCorpusWith<TimedDocument>(readText(file), timedDocument), file);
}
