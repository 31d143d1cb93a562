/**
 * `--oracle`: the perfect reader over the runtime's own retrieval: the same indexes, windows and counts. Its logs
 * are those that it leaves itself when it solves the seen questions.
 */
import { MemoryBank } from "../../src/bank/memory-bank.ts";
import { type Gather, idealLastResponse, readPerfectly } from "../../src/evaluation/perfect-reader.ts";
import { type Score, type Summary, scoreAttempt, summarise } from "../../src/evaluation/report.ts";
import type { TwoWikiQuestion } from "../../src/evaluation/two-wiki.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import { DocumentIndex } from "../../src/runtime/document-index.ts";
import { createGather } from "../../src/runtime/gather.ts";
import { DEFAULTS } from "../../src/runtime/options.ts";
import { LagError } from "../../src/terms/errors.ts";
import type { Log, Mode } from "../../src/terms/log.ts";
import type { EvalData } from "./eval-data.ts";
import { startProgress } from "./progress.ts";

/** Modes that use logs differ in what they read, not in what a perfect reader knows: they share their figures. */
export async function evaluateOracle(
  { seen, unseen, documents }: Pick<EvalData, "seen" | "unseen" | "documents">,
  modes: readonly Mode[],
): Promise<Partial<Record<Mode, Summary>>> {
  const corpus = new DocumentIndex(new LexicalIndex());
  corpus.set(documents);
  const without = () => gatherFrom(corpus, null);
  const none = async () => summarise(await readAll("perfect reader", unseen, without, () => []));
  const withLogs = async () => {
    const bank = await bankOf(seen, without);
    const memory = (id: string) => seen[Number(id)]!.facts;
    return summarise(
      await readAll("perfect reader with logs", unseen, () => gatherFrom(corpus, bank), memory),
    );
  };
  const logsFigures = modes.some((mode) => mode !== "none") ? await withLogs() : undefined;
  const noneFigures = modes.includes("none") ? await none() : undefined;
  return Object.fromEntries(modes.map((mode) => [mode, mode === "none" ? noneFigures! : logsFigures!]));
}

async function readAll(
  label: string,
  questions: readonly TwoWikiQuestion[],
  gather: () => Gather,
  memory: (logId: string) => TwoWikiQuestion["facts"],
): Promise<Score[]> {
  const tick = startProgress(label, questions.length, 0);
  const scores: Score[] = [];
  for (const question of questions) {
    const attempt = await readPerfectly(question, gather(), DEFAULTS.maxSteps, memory);
    scores.push(scoreAttempt(attempt, question.answer, DEFAULTS.maxSteps));
    tick();
  }
  return scores;
}

/** A log of every seen question that the perfect reader solves; its id is the question's place in the file. */
async function bankOf(seen: readonly TwoWikiQuestion[], gather: () => Gather): Promise<MemoryBank> {
  const bank = new MemoryBank(new LexicalIndex());
  const tick = startProgress("perfect reader, seen questions", seen.length, 0);
  for (const [place, question] of seen.entries()) {
    const { answer, steps } = await readPerfectly(question, gather(), DEFAULTS.maxSteps);
    if (answer !== null) await bank.add({ log: logOf(question, String(place), steps), slices: {} });
    tick();
  }
  return bank;
}

function logOf(question: TwoWikiQuestion, id: string, steps: number): Log {
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

function gatherFrom(corpus: DocumentIndex, bank: MemoryBank | null): Gather {
  const gather = createGather({
    searchLogs: bank && ((query, window) => bank.search(query, window)),
    searchDocuments: (query, window) => corpus.search(query, window),
    logsPerStep: DEFAULTS.logsPerStep,
    documentsPerStep: DEFAULTS.documentsPerStep,
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
