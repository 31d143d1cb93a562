/**
 * The perfect reader over a retrieval like the model's: the same indexes, windows and counts, pass by pass. Its logs
 * are those that it leaves itself: of the seen questions that it solves, or in a growing bank of those before.
 */
import type { LogBank } from "../bank/bank.ts";
import type { TextIndex } from "../retrieve/text-index.ts";
import { DocumentIndex } from "../runtime/document-index.ts";
import { createGather } from "../runtime/gather.ts";
import type { Limits } from "../runtime/limits.ts";
import type { Document } from "../terms/document.ts";
import { LagError, throwIfAborted } from "../terms/errors.ts";
import type { Log } from "../terms/log.ts";
import { floorsOf } from "../terms/similarity-floors.ts";
import type { Progress } from "./ask-passes.ts";
import type { EvaluationData } from "./evaluation-data.ts";
import type { Pass } from "./passes.ts";
import { type Gather, idealLastResponse, readPerfectly } from "./perfect-reader.ts";
import type { Question } from "./question.ts";
import { type Attempt, type Score, scoreAttempt } from "./report.ts";
import type { Phase } from "./timed-documents.ts";

export interface OracleOptions {
  readonly data: Pick<EvaluationData, "seen" | "corpora" | "fingerprints">;
  /** Solves the seen questions. Null: no pass reads their logs. */
  readonly fill: Pass | null;
  readonly createBank: () => LogBank;
  /** For documents. */
  readonly createIndex: () => TextIndex;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Modes that use logs differ in what they read, not in what a perfect reader knows: they share their figures. */
export async function createOracle(
  options: OracleOptions,
): Promise<(pass: Pass) => Promise<readonly Score[]>> {
  const { data, fill, createBank } = options;
  const indexes = new Map<string, Promise<DocumentIndex>>();
  /** Where both parts have the same documents they share an index: to read them all may take long. */
  const documentsOf = (phase: Phase): Promise<DocumentIndex> => {
    const fingerprint = data.fingerprints.corpora[phase];
    const index = indexes.get(fingerprint) ?? indexOf(data.corpora[phase], options);
    indexes.set(fingerprint, index);
    return index;
  };
  const tell = (label: string, done: number, total: number) => options.onProgress?.({ label, done, total });
  const read = (
    question: Question,
    gather: Gather,
    { limits }: Pass,
    from: readonly Question[],
  ): Promise<Attempt> =>
    readPerfectly(question, gather, limits.maxSteps, (logId) => from[Number(logId)]!.facts);

  /** What it makes of the seen questions, in their order. */
  const solveSeen = once(async () => {
    const documents = await documentsOf("seen");
    const solved: Attempt[] = [];
    for (const question of fill!.questions) {
      throwIfAborted(options.signal);
      solved.push(await read(question, gatherFrom(documents, null, fill!.limits), fill!, []));
      tell("perfect reader, seen questions", solved.length, fill!.questions.length);
    }
    return solved;
  });

  const bankOf = async (places: readonly number[]): Promise<LogBank> => {
    const [bank, solved] = [createBank(), await solveSeen()];
    for (const place of places) await addLog(bank, data.seen[place]!, place, solved[place]!);
    return bank;
  };

  const readPass = async (pass: Pass): Promise<readonly Score[]> => {
    const { questions, limits, bank: kind } = pass;
    const bank =
      kind.kind === "none" ? null : kind.kind === "static" ? await bankOf(kind.places) : createBank();
    const from = kind.kind === "dynamic" ? questions : data.seen;
    const documents = await documentsOf(pass.corpus);
    const scores: Score[] = [];
    for (const [place, question] of questions.entries()) {
      throwIfAborted(options.signal);
      const named = bank && kind.kind === "static" && question.front;
      const gather = named
        ? withFront(gatherFrom(documents, null, limits), await logsOf(named, data.seen, bank))
        : gatherFrom(documents, bank, limits);
      const attempt = await read(question, gather, pass, from);
      if (bank && kind.kind === "dynamic") await addLog(bank, question, place, attempt);
      scores.push(scoreAttempt(attempt, question, limits.maxSteps));
      tell("perfect reader", scores.length, questions.length);
    }
    return scores;
  };

  const known = new Map<string, Promise<readonly Score[]>>();
  return (pass) => {
    const { questions, fingerprint, corpus: phase, bank, limits } = pass;
    const key = JSON.stringify([questions.length, fingerprint, phase, bank, limits]);
    if (!known.has(key)) known.set(key, readPass(pass));
    return known.get(key)!;
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function indexOf(
  documents: readonly Document[],
  { createIndex, signal }: OracleOptions,
): Promise<DocumentIndex> {
  const index = new DocumentIndex(createIndex);
  await index.set(documents, signal ? { signal } : {});
  return index;
}

/** Ids of the logs that these seen questions left: none for one that the perfect reader did not solve. */
async function logsOf(front: readonly string[], seen: readonly Question[], bank: LogBank): Promise<string[]> {
  const ids = front.map((id) => String(seen.findIndex((question) => question.id === id)));
  const there = await Promise.all(ids.map((id) => bank.get(id)));
  return ids.filter((_, i) => there[i] !== undefined);
}

/** These logs at the first step, in the place of any that would be retrieved. */
function withFront(gather: Gather, logs: readonly string[]): Gather {
  let first = true;
  return async (query) => {
    const { documents } = await gather(query);
    const brought = { documents, logs: first ? logs : [] };
    first = false;
    return brought;
  };
}

/** A question that is not solved leaves no log. A log's id is the place of its question. */
async function addLog(bank: LogBank, question: Question, place: number, attempt: Attempt): Promise<void> {
  if (attempt.answer === null) return;
  await bank.add({ log: logOf(question, String(place), attempt.steps), slices: {} });
}

function logOf(question: Question, id: string, steps: number): Log {
  return {
    id,
    question: question.question,
    responses: [idealLastResponse(question)],
    answer: question.answer,
    outcome: "answered",
    steps,
    mode: "none",
    usedLogs: [],
    usedDocuments: question.facts.map((fact) => fact.title),
    responseIds: [],
    model: "perfect reader",
    slices: {},
    createdAt: 0,
    origin: "evaluation",
  };
}

function gatherFrom(corpus: DocumentIndex, bank: LogBank | null, limits: Limits): Gather {
  const gather = createGather({
    searchLogs: bank && ((query, window) => bank.search(query, { ...window, ...floorsOf(limits) })),
    searchDocuments: (query, window) => corpus.search(query, window),
    logsPerStep: limits.logsPerStep,
    documentsPerStep: limits.documentsPerStep,
    // A ceiling over a retrieval that fails would be no ceiling.
    onNotice: ({ text }) => {
      throw new LagError(text);
    },
  });
  return async (query) => {
    const { documents, logs } = await gather(query);
    return { documents: documents.map(({ document }) => document.title), logs: logs.map(({ id }) => id) };
  };
}
