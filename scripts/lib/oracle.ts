/**
 * `--oracle`: the perfect reader over the runtime's own retrieval: the same indexes, windows and counts. Its logs
 * are those that it leaves itself when it solves the seen questions.
 */
import { MemoryBank } from "../../src/bank/memory-bank.ts";
import { type Gather, idealLastResponse, readPerfectly } from "../../src/evaluation/perfect-reader.ts";
import type { Question } from "../../src/evaluation/question.ts";
import { type Score, scoreAttempt } from "../../src/evaluation/report.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import { DocumentIndex } from "../../src/runtime/document-index.ts";
import { createGather } from "../../src/runtime/gather.ts";
import type { Limits } from "../../src/runtime/limits.ts";
import type { Document } from "../../src/terms/document.ts";
import { LagError } from "../../src/terms/errors.ts";
import type { Log, Mode } from "../../src/terms/log.ts";
import type { EvalData } from "./eval-data.ts";
import { startProgress } from "./progress.ts";

/** Modes that use logs differ in what they read, not in what a perfect reader knows: they share their figures. */
export async function evaluateOracle(
  { seen, unseen, corpora }: Pick<EvalData, "seen" | "unseen" | "corpora">,
  modes: readonly Mode[],
  limits: Limits,
): Promise<Partial<Record<Mode, readonly Score[]>>> {
  const corpus = { seen: await indexOf(corpora.seen), unseen: await indexOf(corpora.unseen) };
  const none = () =>
    readAll(
      "perfect reader",
      unseen,
      () => gatherFrom(corpus.unseen, null, limits),
      () => [],
      limits,
    );
  const withLogs = async () => {
    const bank = await bankOf(seen, () => gatherFrom(corpus.seen, null, limits), limits);
    const memory = (id: string) => seen[Number(id)]!.facts;
    const gather = async ({ front }: Question) =>
      front
        ? withFront(gatherFrom(corpus.unseen, null, limits), await logsOf(front, seen, bank))
        : gatherFrom(corpus.unseen, bank, limits);
    return readAll("perfect reader with logs", unseen, gather, memory, limits);
  };
  const logsFigures = modes.some((mode) => mode !== "none") ? await withLogs() : undefined;
  const noneFigures = modes.includes("none") ? await none() : undefined;
  return Object.fromEntries(modes.map((mode) => [mode, mode === "none" ? noneFigures! : logsFigures!]));
}

async function readAll(
  label: string,
  questions: readonly Question[],
  gather: (question: Question) => Gather | Promise<Gather>,
  memory: (logId: string) => Question["facts"],
  { maxSteps }: Limits,
): Promise<Score[]> {
  const tick = startProgress(label, questions.length, 0);
  const scores: Score[] = [];
  for (const question of questions) {
    const attempt = await readPerfectly(question, await gather(question), maxSteps, memory);
    scores.push(scoreAttempt(attempt, question, maxSteps));
    tick();
  }
  return scores;
}

async function indexOf(documents: readonly Document[]): Promise<DocumentIndex> {
  const index = new DocumentIndex(() => new LexicalIndex());
  await index.set(documents);
  return index;
}

/** Ids of the logs that these seen questions left: none for one that the perfect reader did not solve. */
async function logsOf(
  front: readonly string[],
  seen: readonly Question[],
  bank: MemoryBank,
): Promise<string[]> {
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

/** A log of every seen question that the perfect reader solves; its id is the question's place in the file. */
async function bankOf(
  seen: readonly Question[],
  gather: () => Gather,
  { maxSteps }: Limits,
): Promise<MemoryBank> {
  const bank = new MemoryBank(new LexicalIndex());
  const tick = startProgress("perfect reader, seen questions", seen.length, 0);
  for (const [place, question] of seen.entries()) {
    const { answer, steps } = await readPerfectly(question, gather(), maxSteps);
    if (answer !== null) await bank.add({ log: logOf(question, String(place), steps), slices: {} });
    tick();
  }
  return bank;
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

function gatherFrom(corpus: DocumentIndex, bank: MemoryBank | null, limits: Limits): Gather {
  const gather = createGather({
    searchLogs: bank && ((query, window) => bank.search(query, window)),
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
