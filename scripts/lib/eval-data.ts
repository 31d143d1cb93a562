/** Files of an evaluation → questions and documents, with a fingerprint of each. */
import { createHash } from "node:crypto";
import { buildDecomposedDocuments, buildDocuments } from "../../src/evaluation/build-documents.ts";
import type { Question } from "../../src/evaluation/question.ts";
import { type QuestionFile, readQuestions } from "../../src/evaluation/read-questions.ts";
import { split } from "../../src/evaluation/split.ts";
import { type Corpora, corporaOf, type TimedDocument } from "../../src/evaluation/timed-documents.ts";
import { InputError } from "../../src/terms/errors.ts";
import { readText } from "./corpus-file.ts";
import { readEvalCorpus } from "./eval-corpus.ts";
import type { EvalOptions } from "./eval-options.ts";
import { checkFronts } from "./fronts.ts";

/** Where documents come from, as the report says it. */
export type DocumentSource = "a corpus file" | "rendered from evidences" | "rendered from decompositions";

export interface EvalData {
  /** Within the limits. */
  readonly seen: readonly Question[];
  readonly unseen: readonly Question[];
  /** Of all questions of both files, whatever the limits: every run has the same documents. */
  readonly corpora: Corpora;
  readonly source: DocumentSource;
  readonly fingerprints: {
    readonly seen: string;
    readonly unseen: string;
    readonly corpora: Readonly<Record<keyof Corpora, string>>;
  };
}

/** A question and its place in its file, 1-based. */
export interface Entry {
  readonly entry: number;
  readonly question: Question;
}

interface Files {
  readonly seen: readonly Entry[];
  readonly unseen: readonly Entry[];
  readonly form: QuestionFile["form"];
}

export function loadEvalData(options: EvalOptions): EvalData {
  const { seen, unseen, form } = options.split ? readSplit(options, options.split) : readFiles(options);
  const { documents, source } = documentsOf([...seen, ...unseen], form, options);
  const corpora = corporaOf(documents);
  const inWords = options.again ? unseen.map((each) => inOtherWords(each, options)) : unseen;
  const asked = options.front ? inWords : inWords.map(withoutFront);
  const within = { seen: seen.slice(0, options.seenLimit), unseen: asked.slice(0, options.limit) };
  if (options.front) checkFronts(within.unseen, within.seen, options);
  return {
    seen: within.seen.map(({ question }) => question),
    unseen: within.unseen.map(({ question }) => question),
    corpora,
    source,
    fingerprints: {
      seen: fingerprintOf(seen),
      unseen: fingerprintOf(asked),
      corpora: { seen: fingerprintOf(corpora.seen), unseen: fingerprintOf(corpora.unseen) },
    },
  };
}

/** Sixteen hexadecimal digits of a hash over the JSON of anything. */
export function fingerprintOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}

function readFiles(options: EvalOptions): Files {
  const unseen = readQuestions(readText(options.unseen), options.unseen);
  if (options.seen === undefined) return { seen: [], unseen: entriesOf(unseen), form: unseen.form };
  const seen = readQuestions(readText(options.seen), options.seen);
  if (seen.form !== unseen.form) {
    throw new InputError(
      `${options.seen} holds ${seen.form} questions and ${options.unseen} ${unseen.form} ones. Their documents ` +
        "are not made alike: give two files of one form.",
    );
  }
  return { seen: entriesOf(seen), unseen: entriesOf(unseen), form: unseen.form };
}

function readSplit(options: EvalOptions, { unseenShare, seed }: NonNullable<EvalOptions["split"]>): Files {
  const file = readQuestions(readText(options.unseen), options.unseen);
  const parts = split(entriesOf(file), unseenShare, seed);
  for (const [part, entries] of Object.entries(parts)) {
    if (entries.length > 0) continue;
    throw new InputError(
      `${options.unseen} has ${file.questions.length} questions, of which --unseen-share ${unseenShare} leaves no ` +
        `${part} one. Give another share, or a longer file.`,
    );
  }
  return { ...parts, form: file.form };
}

function entriesOf({ questions }: QuestionFile): Entry[] {
  return questions.map((question, index) => ({ entry: index + 1, question }));
}

function documentsOf(
  entries: readonly Entry[],
  form: QuestionFile["form"],
  { corpus }: EvalOptions,
): { documents: readonly TimedDocument[]; source: DocumentSource } {
  if (corpus !== undefined) return { documents: readEvalCorpus(corpus), source: "a corpus file" };
  const questions = entries.map(({ question }) => question);
  return form === "MuSiQue"
    ? { documents: buildDecomposedDocuments(questions), source: "rendered from decompositions" }
    : { documents: buildDocuments(questions), source: "rendered from evidences" };
}

function inOtherWords({ entry, question }: Entry, options: EvalOptions): Entry {
  if (question.again === undefined) {
    throw new InputError(
      `${options.unseen}, entry ${entry} has no field "again". --again asks by it: leave the option out.`,
    );
  }
  return { entry, question: { ...question, question: question.again } };
}

function withoutFront({ entry, question: { front: _, ...question } }: Entry): Entry {
  return { entry, question };
}
