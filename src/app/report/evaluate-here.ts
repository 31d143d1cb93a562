/** An evaluation in this page: one at a time in all tabs, over a worker and a bank that end with it. */
import type { Progress } from "../../evaluation/ask-passes.ts";
import { lexicalOracle, limitsOf } from "../../evaluation/defaults.ts";
import { type EvaluationData, type GivenData, readEvaluationData } from "../../evaluation/evaluation-data.ts";
import type { EvaluationReport } from "../../evaluation/evaluation-report.ts";
import type { Design } from "../../evaluation/passes.ts";
import { runEvaluation } from "../../evaluation/run-evaluation.ts";
import type { Store } from "../../evaluation/solver.ts";
import { type TimedDocument, timedDocument } from "../../evaluation/timed-documents.ts";
import { InputError } from "../../terms/errors.ts";
import { describeBadLine, parseCorpusWith } from "../documents/corpus-jsonl.ts";
import type { PageOptions } from "../options.ts";
import { reportTexts as texts } from "../texts/report-texts.ts";
import type { Wanted } from "./report-form.ts";
import { WorkerSolver } from "./worker-solver.ts";

/** Held while an evaluation runs, so that two tabs do not share its bank. */
const LOCK = "web-lag-report";

export interface EvaluationHere {
  readonly wanted: Wanted;
  readonly options: PageOptions;
  readonly store: Store;
  /** One sentence about what is being done now. */
  readonly onStatus: (text: string) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** Throws AbortError, InputError, and what model and storage throw: what was finished is kept in the store. */
export async function evaluateHere(here: EvaluationHere): Promise<EvaluationReport> {
  const { wanted, options, store, onStatus, onProgress, signal } = here;
  onStatus(texts.reading);
  const data = await readEvaluationData(await givenData(wanted));
  const design = designOf(wanted, data);
  // A perfect reader that found otherwise than the model would be no ceiling of it.
  const readable = data.form.documents !== null && isLexical(options.retrieval);
  return alone(async () => {
    const onLoading = ({ text }: { readonly text: string }) => onStatus(text);
    const solver = await WorkerSolver.open(options, onLoading, signal);
    try {
      return await runEvaluation({
        data,
        design,
        solvers: [solver],
        store,
        onProgress,
        signal,
        ...(wanted.oracle && readable && { oracle: lexicalOracle }),
      });
    } finally {
      await solver.close();
    }
  });
}

async function givenData(wanted: Wanted): Promise<GivenData> {
  const { questions, seen, documents, split, askSeen, seenLimit, limit, again } = wanted;
  const whole = await textOf(questions);
  const isCorpus = documents !== null && !documents.name.toLowerCase().endsWith(".json");
  return {
    files: seen ? { seen: await textOf(seen), unseen: whole } : { whole, ...split },
    corpus: isCorpus ? await corpusOf(documents) : undefined,
    documentsFile: documents && !isCorpus ? await textOf(documents) : undefined,
    parts: askSeen ? ["unseen", "seen"] : ["unseen"],
    seenLimit,
    limit,
    again,
    front: false,
  };
}

function designOf(wanted: Wanted, { form }: EvaluationData): Design {
  return {
    modes: wanted.modes,
    limits: limitsOf(form),
    layout: wanted.layout,
    banks: wanted.growing ? ["static", "dynamic"] : ["static"],
    parts: wanted.askSeen ? ["unseen", "seen"] : ["unseen"],
    bankSizes: wanted.bankSizes,
    ks: wanted.ks,
    seed: wanted.split.seed,
  };
}

async function textOf(file: File) {
  return { name: file.name, text: await file.text() };
}

/** Throws InputError that names the first bad line. */
async function corpusOf(file: File): Promise<readonly TimedDocument[]> {
  const { documents, badLines } = parseCorpusWith<TimedDocument>(await file.text(), timedDocument);
  const [bad] = badLines;
  if (bad) throw new InputError(texts.correct(file.name, describeBadLine(bad)));
  return documents;
}

function isLexical({ logs, documents }: PageOptions["retrieval"]): boolean {
  return logs === "lexical" && documents === "lexical";
}

function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (lock) return work();
    throw new InputError(texts.inAnotherTab);
  }) as Promise<T>;
}
