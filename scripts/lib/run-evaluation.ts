/**
 * The order of an evaluation over one or several pages: the bank is filled once, with the documents of the seen part
 * in the corpus, before the first mode that reads logs; the unseen questions are asked with those of the unseen part.
 */
import { join } from "node:path";
import type { Limits } from "../../src/runtime/limits.ts";
import type { Document } from "../../src/terms/document.ts";
import type { Trace } from "../../src/terms/log.ts";
import { type EvalData, fingerprintOf } from "./eval-data.ts";
import type { EvalOptions } from "./eval-options.ts";
import type { Scores } from "./eval-report.ts";
import {
  evaluateMode,
  fillBanks,
  type Reader,
  type Solved,
  type Solver,
  scoresOf,
  solveSeen,
} from "./evaluate.ts";
import { LineStore } from "./line-store.ts";

/** A solver whose documents can be changed. */
export interface CorpusSolver extends Solver {
  /** What answers depend on besides the data. */
  readonly identity: object;
  setCorpus(documents: readonly Document[]): Promise<void>;
}

type RunOptions = Pick<EvalOptions, "modes" | "work"> & { readonly limits: Limits };

/** `solvers` are alike: at least one. */
export async function runEvaluation(
  options: RunOptions,
  { seen, unseen, corpora, fingerprints }: EvalData,
  solvers: readonly CorpusSolver[],
): Promise<Scores> {
  const { identity } = solvers[0]!;
  const { limits } = options;
  // Mode none brings no logs: how many it might bring changes nothing of what it finds.
  const { logsPerStep, ...limitsOfNone } = limits;
  const { corpora: corpusOf } = fingerprints;
  const seenConfiguration = { file: fingerprints.seen, corpus: corpusOf.seen, ...limitsOfNone, ...identity };
  const setCorpus = (phase: keyof typeof corpora) =>
    Promise.all(solvers.map((solver) => solver.setCorpus(corpora[phase])));
  const fill = async (): Promise<Reader[]> => {
    await setCorpus("seen");
    const traces = await solveSeen(
      seen,
      solvers,
      openStore<Trace>(options, "seen", seenConfiguration),
      limits,
    );
    const filled = await fillBanks(seen, traces, options.modes, solvers);
    await setCorpus("unseen");
    return filled;
  };

  const scores: Scores = {};
  let readers: readonly Reader[] = solvers.map((solver) => ({ solver, logs: new Map() }));
  let filled = false;
  await setCorpus("unseen");
  for (const mode of options.modes) {
    if (mode !== "none" && !filled) {
      // All modes read the same logs: one bank a page serves them.
      readers = await fill();
      filled = true;
    }
    const logs = mode === "none" ? null : { ...seenConfiguration, questions: seen.length, logsPerStep };
    const asked = { file: fingerprints.unseen, corpus: corpusOf.unseen };
    const configuration = { mode, ...asked, ...limitsOfNone, ...identity, logs };
    const store = openStore<Solved>(options, mode, configuration);
    scores[mode] = scoresOf(unseen, await evaluateMode(mode, unseen, readers, store, limits), limits);
  }
  return scores;
}

function openStore<T>({ work }: RunOptions, kind: string, configuration: object): LineStore<T> {
  return LineStore.open<T>(join(work, `${kind}-${fingerprintOf(configuration)}.jsonl`), configuration);
}
