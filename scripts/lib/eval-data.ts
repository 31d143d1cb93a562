/** Files of an evaluation → questions and documents, with a fingerprint of each. */
import { createHash } from "node:crypto";
import { buildDocuments } from "../../src/evaluation/build-documents.ts";
import { parseTwoWiki, type TwoWikiQuestion } from "../../src/evaluation/two-wiki.ts";
import type { Document } from "../../src/terms/document.ts";
import { InputError } from "../../src/terms/errors.ts";
import { readCorpusFile, readText } from "./corpus-file.ts";
import type { EvalOptions } from "./eval-options.ts";

export interface EvalData {
  /** Within the limits. */
  readonly seen: readonly TwoWikiQuestion[];
  readonly unseen: readonly TwoWikiQuestion[];
  /** Of all questions of both files, whatever the limits: every run has the same corpus. */
  readonly documents: readonly Document[];
  readonly fingerprints: { readonly seen: string; readonly unseen: string; readonly corpus: string };
}

export function loadEvalData(options: EvalOptions): EvalData {
  const seenText = options.seen === undefined ? undefined : readText(options.seen);
  const unseenText = readText(options.unseen);
  const seen = seenText === undefined ? [] : parseTwoWiki(seenText, options.seen!);
  const unseen = parseTwoWiki(unseenText, options.unseen);
  const documents =
    options.corpus === undefined ? buildDocuments([...seen, ...unseen]) : readCorpusFile(options.corpus);
  const asked = options.again
    ? unseen.map((question, index) => inOtherWords(question, index, options))
    : unseen;
  return {
    seen: seen.slice(0, options.seenLimit),
    unseen: asked.slice(0, options.limit),
    documents,
    fingerprints: {
      seen: fingerprintOf(seenText ?? ""),
      unseen: fingerprintOf([unseenText, options.again]),
      corpus: fingerprintOf(documents),
    },
  };
}

/** Sixteen hexadecimal digits of a hash over the JSON of anything. */
export function fingerprintOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}

function inOtherWords(question: TwoWikiQuestion, index: number, options: EvalOptions): TwoWikiQuestion {
  if (question.again === undefined) {
    throw new InputError(
      `${options.unseen}, entry ${index + 1} has no field "again". --again asks by it: leave the option out.`,
    );
  }
  return { ...question, question: question.again };
}
