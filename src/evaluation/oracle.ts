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
import type { Log, Mode } from "../terms/log.ts";
import { floorsOf } from "../terms/similarity-floors.ts";
import type { Progress } from "./ask-passes.ts";
import type { EvaluationData } from "./evaluation-data.ts";
import type { Pass } from "./passes.ts";
import {
  type Gather,
  idealLastResponse,
  type Memory,
  type Reading,
  readPerfectly,
  waysOf,
} from "./perfect-reader.ts";
import type { Question } from "./question.ts";
import { type Score, scoreAttempt } from "./report.ts";
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

/**
 * Modes that show the last response of a log alone: what was found out before it they cannot know. The others see the
 * whole trace, or rows that were computed behind it: they share their figures.
 */
const LAST_RESPONSE_ALONE: ReadonlySet<Mode> = new Set<Mode>(["text-last", "kv-isolated"]);

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
  /** What it makes of the seen questions, in their order. */
  const solveSeen = once(async () => {
    const documents = await documentsOf("seen");
    const solved: Reading[] = [];
    for (const question of fill!.questions) {
      throwIfAborted(options.signal);
      const { limits } = fill!;
      solved.push(await readPerfectly(question, gatherFrom(documents, null, limits), limits.maxSteps));
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
    const { mode, questions, limits, bank: kind } = pass;
    const bank =
      kind.kind === "none" ? null : kind.kind === "static" ? await bankOf(kind.places) : createBank();
    const solved = kind.kind === "static" ? await solveSeen() : [];
    const memory = memoryOf(mode, kind.kind === "dynamic" ? questions : data.seen, solved);
    const documents = await documentsOf(pass.corpus);
    const scores: Score[] = [];
    for (const [place, question] of questions.entries()) {
      throwIfAborted(options.signal);
      const named = bank && kind.kind === "static" && question.front;
      const gather = named
        ? withFront(gatherFrom(documents, null, limits), await logsOf(named, data.seen, bank))
        : gatherFrom(documents, bank, limits);
      const reading = await readPerfectly(question, gather, limits.maxSteps, memory);
      if (bank && kind.kind === "dynamic") {
        solved.push(reading);
        await addLog(bank, question, place, reading);
      }
      scores.push(scoreAttempt(reading, question, limits.maxSteps));
      tell("perfect reader", scores.length, questions.length);
    }
    return scores;
  };

  const known = new Map<string, Promise<readonly Score[]>>();
  return (pass) => {
    const { mode, questions, fingerprint, corpus: phase, bank, limits } = pass;
    const isAlone = LAST_RESPONSE_ALONE.has(mode);
    const key = JSON.stringify([questions.length, fingerprint, phase, bank, limits, isAlone]);
    if (!known.has(key)) known.set(key, readPass(pass));
    return known.get(key)!;
  };
}

/** What the logs say in a mode. `solved[i]` is how `questions[i]` was; a log's id is its place. */
function memoryOf(mode: Mode, questions: readonly Question[], solved: readonly Reading[]): Memory {
  return (logId) => {
    const place = Number(logId);
    const question = questions[place]!;
    if (!LAST_RESPONSE_ALONE.has(mode)) return { facts: question.facts, ways: [] };
    return { facts: solved[place]!.learned, ways: waysOf(question) };
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
async function addLog(bank: LogBank, question: Question, place: number, reading: Reading): Promise<void> {
  if (reading.answer === null) return;
  await bank.add({ log: logOf(question, String(place), reading.steps), slices: {} });
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
