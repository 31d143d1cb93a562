/** Texts of files → the questions and documents of an evaluation, within their limits, with a fingerprint of each. */
import { InputError } from "../terms/errors.ts";
import { inDocuments, readDocumentsFile } from "./documents-file.ts";
import type { Setting } from "./evaluation-report.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { checkFronts } from "./fronts.ts";
import type { Question } from "./question.ts";
import type { QuestionForm } from "./question-form.ts";
import { type Entry, readQuestions } from "./read-questions.ts";
import { split } from "./split.ts";
import { type Corpora, corporaOf, type Phase, type TimedDocument } from "./timed-documents.ts";

export interface EvaluationData {
  /** What the report says of it. */
  readonly about: Pick<Setting, "dataset" | "split" | "again" | "front">;
  readonly form: QuestionForm;
  /** Where documents come from, for people: "rendered from evidences". */
  readonly source: string;
  /** They fill the bank, in this order. */
  readonly seen: readonly Question[];
  /** Those of each part that are asked during the test: the seen ones again, as far as they are wished. */
  readonly asked: Readonly<Record<Phase, readonly Question[]>>;
  /** Of all questions of both parts, whatever the limits: every run has the same documents. */
  readonly corpora: Corpora;
  /** Of whole files, whatever the limits: a longer run reuses what a shorter one solved. */
  readonly fingerprints: {
    readonly seen: string;
    readonly asked: Readonly<Record<Phase, string>>;
    readonly corpora: Readonly<Record<Phase, string>>;
  };
}

export interface GivenFile {
  readonly name: string;
  readonly text: string;
}

export interface GivenData {
  readonly files:
    | { readonly seen: GivenFile | undefined; readonly unseen: GivenFile }
    | { readonly whole: GivenFile; readonly unseenShare: number; readonly seed: number };
  /** Instead of rendered documents: a corpus, or a documents file of the dataset's own form. */
  readonly corpus?: readonly TimedDocument[] | undefined;
  readonly documentsFile?: GivenFile | undefined;
  /** The parts that are asked. */
  readonly parts: readonly Phase[];
  /** Seen questions that fill the bank, at most; and questions of each part that are asked. */
  readonly seenLimit: number;
  readonly limit: number;
  /** Ask in the other words that the file has. */
  readonly again: boolean;
  /** Keep what questions say of the logs in front of them. */
  readonly front: boolean;
}

/** Throws InputError that names what is wrong by file, line and field. */
export async function readEvaluationData(given: GivenData): Promise<EvaluationData> {
  const read = "whole" in given.files ? readWhole(given.files) : readParts(given.files);
  const { seen, unseen, documents, source } = withDocuments(read, given);
  const corpora = corporaOf(documents);
  const inWords = (entries: readonly Entry[]) => (given.again ? entries.map(inOtherWords) : entries);
  const unseenAsked = given.front ? inWords(unseen) : inWords(unseen).map(withoutFront);
  const seenAsked = given.parts.includes("seen") ? inWords(seen).map(withoutFront) : [];
  const seenWithin = seen.slice(0, given.seenLimit);
  const unseenWithin = unseenAsked.slice(0, given.limit);
  if (given.front) checkFronts(unseenWithin, seenWithin, read.names);
  return {
    about: {
      dataset: read.names.unseen,
      split: "whole" in given.files ? { unseenShare: given.files.unseenShare, seed: given.files.seed } : null,
      again: given.again,
      front: given.front,
    },
    form: read.form,
    source,
    seen: questionsOf(seenWithin),
    asked: {
      seen: questionsOf(seenAsked.slice(0, Math.min(given.seenLimit, given.limit))),
      unseen: questionsOf(unseenWithin),
    },
    corpora,
    fingerprints: {
      seen: await fingerprintOf(questionsOf(seen)),
      asked: {
        seen: await fingerprintOf(questionsOf(seenAsked)),
        unseen: await fingerprintOf(questionsOf(unseenAsked)),
      },
      corpora: { seen: await fingerprintOf(corpora.seen), unseen: await fingerprintOf(corpora.unseen) },
    },
  };
}

interface Files {
  readonly seen: readonly Entry[];
  readonly unseen: readonly Entry[];
  readonly form: QuestionForm;
  readonly names: Readonly<Record<Phase, string>>;
}

function readParts(files: { readonly seen: GivenFile | undefined; readonly unseen: GivenFile }): Files {
  const unseen = readQuestions(files.unseen.text, files.unseen.name);
  const names = { seen: files.seen?.name ?? "no file", unseen: files.unseen.name };
  if (files.seen === undefined) return { seen: [], unseen: unseen.entries, form: unseen.form, names };
  const seen = readQuestions(files.seen.text, files.seen.name);
  if (seen.form !== unseen.form) {
    throw new InputError(
      `${names.seen} holds ${seen.form.name} questions and ${names.unseen} ${unseen.form.name} ones. They are ` +
        "not asked alike: give two files of one form.",
    );
  }
  return { seen: seen.entries, unseen: unseen.entries, form: unseen.form, names };
}

function readWhole(files: {
  readonly whole: GivenFile;
  readonly unseenShare: number;
  readonly seed: number;
}): Files {
  const { whole, unseenShare, seed } = files;
  const file = readQuestions(whole.text, whole.name);
  const parts = split(file.entries, unseenShare, seed);
  for (const [part, entries] of Object.entries(parts)) {
    if (entries.length > 0) continue;
    throw new InputError(
      `${whole.name} has ${file.entries.length} questions, of which an unseen share of ${unseenShare} leaves no ` +
        `${part} one. Give another share, or a longer file.`,
    );
  }
  return { ...parts, form: file.form, names: { seen: whole.name, unseen: whole.name } };
}

function questionsOf(entries: readonly Entry[]): Question[] {
  return entries.map(({ question }) => question);
}

type Documented = Files & { readonly documents: readonly TimedDocument[]; readonly source: string };

function withDocuments(read: Files, { corpus, documentsFile }: GivenData): Documented {
  const { seen, unseen, form } = read;
  if (corpus !== undefined) return { ...read, documents: corpus, source: "a corpus file" };
  if (documentsFile !== undefined) {
    const documents = readDocumentsFile(documentsFile.text, documentsFile.name, form);
    const found = inDocuments([...seen, ...unseen], documents, form);
    const source = "a documents file";
    return {
      ...read,
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
    throw place.at("again").error("the question in other words, by which it is to be asked");
  }
  return { place, question: { ...question, question: question.again } };
}

function withoutFront({ place, question: { front: _, ...question } }: Entry): Entry {
  return { place, question };
}
