/** Files of an evaluation → questions and documents, with a fingerprint of each. */
import { createHash } from "node:crypto";
import { inDocuments, readDocumentsFile } from "../../src/evaluation/documents-file.ts";
import type { Question } from "../../src/evaluation/question.ts";
import type { QuestionForm } from "../../src/evaluation/question-form.ts";
import { type Entry, readQuestions } from "../../src/evaluation/read-questions.ts";
import { split } from "../../src/evaluation/split.ts";
import { type Corpora, corporaOf, type TimedDocument } from "../../src/evaluation/timed-documents.ts";
import { InputError } from "../../src/terms/errors.ts";
import { readText } from "./corpus-file.ts";
import { readEvalCorpus } from "./eval-corpus.ts";
import type { EvalOptions } from "./eval-options.ts";
import { checkFronts } from "./fronts.ts";

export interface EvalData {
  readonly form: QuestionForm;
  /** Within the limits. */
  readonly seen: readonly Question[];
  readonly unseen: readonly Question[];
  /** Of all questions of both files, whatever the limits: every run has the same documents. */
  readonly corpora: Corpora;
  /** Where they come from, as the report says it: "rendered from evidences". */
  readonly source: string;
  readonly fingerprints: {
    readonly seen: string;
    readonly unseen: string;
    readonly corpora: Readonly<Record<keyof Corpora, string>>;
  };
}

interface Files {
  readonly seen: readonly Entry[];
  readonly unseen: readonly Entry[];
  readonly form: QuestionForm;
}

/** Throws InputError that names what is wrong by file, line and field. */
export function loadEvalData(options: EvalOptions): EvalData {
  const read = options.split ? readSplit(options, options.split) : readFiles(options);
  const { form } = read;
  if (options.oracle && form.documents === null) {
    throw new InputError(
      `The perfect reader reads documents, and ${form.name} questions name none. Leave --oracle out.`,
    );
  }
  const { seen, unseen, documents, source } = withDocuments(read, options);
  const corpora = corporaOf(documents);
  const inWords = options.again ? unseen.map(inOtherWords) : unseen;
  const asked = options.front ? inWords : inWords.map(withoutFront);
  const within = { seen: seen.slice(0, options.seenLimit), unseen: asked.slice(0, options.limit) };
  if (options.front) checkFronts(within.unseen, within.seen, options);
  return {
    form,
    seen: questionsOf(within.seen),
    unseen: questionsOf(within.unseen),
    corpora,
    source,
    fingerprints: {
      seen: fingerprintOf(questionsOf(seen)),
      unseen: fingerprintOf(questionsOf(asked)),
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
  if (options.seen === undefined) return { seen: [], unseen: unseen.entries, form: unseen.form };
  const seen = readQuestions(readText(options.seen), options.seen);
  if (seen.form !== unseen.form) {
    throw new InputError(
      `${options.seen} holds ${seen.form.name} questions and ${options.unseen} ${unseen.form.name} ones. They are ` +
        "not asked alike: give two files of one form.",
    );
  }
  return { seen: seen.entries, unseen: unseen.entries, form: unseen.form };
}

function readSplit(options: EvalOptions, { unseenShare, seed }: NonNullable<EvalOptions["split"]>): Files {
  const file = readQuestions(readText(options.unseen), options.unseen);
  const parts = split(file.entries, unseenShare, seed);
  for (const [part, entries] of Object.entries(parts)) {
    if (entries.length > 0) continue;
    throw new InputError(
      `${options.unseen} has ${file.entries.length} questions, of which --unseen-share ${unseenShare} leaves no ` +
        `${part} one. Give another share, or a longer file.`,
    );
  }
  return { ...parts, form: file.form };
}

function questionsOf(entries: readonly Entry[]): Question[] {
  return entries.map(({ question }) => question);
}

type Documented = Files & { readonly documents: readonly TimedDocument[]; readonly source: string };

function withDocuments(read: Files, { corpus, documentsFile }: EvalOptions): Documented {
  const { seen, unseen, form } = read;
  if (corpus !== undefined) return { ...read, documents: readEvalCorpus(corpus), source: "a corpus file" };
  if (documentsFile !== undefined) {
    const documents = readDocumentsFile(readText(documentsFile), documentsFile, form);
    const found = inDocuments([...seen, ...unseen], documents, form);
    const source = "a documents file";
    return {
      form,
      seen: found.entries.slice(0, seen.length),
      unseen: found.entries.slice(seen.length),
      documents: [...documents.values()],
      source: found.missing === 0 ? source : `${source}, which lacks ${found.missing} that questions need`,
    };
  }
  if (form.documents === null) return { ...read, documents: [], source: "none" };
  const { render, renderedFrom } = form.documents;
  const documents = render(questionsOf([...seen, ...unseen]));
  return { ...read, documents, source: `rendered from ${renderedFrom}` };
}

function inOtherWords({ place, question }: Entry): Entry {
  if (question.again === undefined) {
    throw place.at("again").error("the question in other words, as --again asks by it");
  }
  return { place, question: { ...question, question: question.again } };
}

function withoutFront({ place, question: { front: _, ...question } }: Entry): Entry {
  return { place, question };
}
