/** An evaluation in this page: one at a time in all tabs, over a worker and a bank that end with it. */
import type { Progress } from "../../evaluation/ask-passes.ts";
import { lexicalOracle } from "../../evaluation/defaults.ts";
import type { EvaluationReport } from "../../evaluation/evaluation-report.ts";
import { runEvaluation } from "../../evaluation/run-evaluation.ts";
import type { Store } from "../../evaluation/solver.ts";
import { InputError } from "../../terms/errors.ts";
import type { PageOptions } from "../options.ts";
import { reportTexts as texts } from "../texts/report-texts.ts";
import { readWanted } from "./read-wanted.ts";
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
  const { data, design } = await readWanted(wanted);
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

function isLexical({ logs, documents }: PageOptions["retrieval"]): boolean {
  return logs === "lexical" && documents === "lexical";
}

function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (lock) return work();
    throw new InputError(texts.inAnotherTab);
  }) as Promise<T>;
}
