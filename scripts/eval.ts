/** `npm run eval`: exact match, F1 and steps of the built page per mode, on questions of several hops. */
import { join } from "node:path";
import { isNamed, LagError, messageOf } from "../src/terms/errors.ts";
import type { Trace } from "../src/terms/log.ts";
import { type EvalData, fingerprintOf, loadEvalData } from "./lib/eval-data.ts";
import { type EvalOptions, readEvalOptions, USAGE } from "./lib/eval-options.ts";
import { reportOf, type Scores, tablesOf } from "./lib/eval-report.ts";
import { evaluateMode, fillBanks, type Reader, type Solved, scoresOf, solveSeen } from "./lib/evaluate.ts";
import { LineStore } from "./lib/line-store.ts";
import { evaluateOracle } from "./lib/oracle.ts";
import { PageSolver } from "./lib/page-solver.ts";

async function main(): Promise<void> {
  const options = readEvalOptions(process.argv.slice(2));
  const data = loadEvalData(options);
  const { seen, unseen, corpora, source } = data;
  console.error(
    `${seen.length} seen and ${unseen.length} unseen questions, ${corpora.unseen.length} documents, ${source}`,
  );
  const oracle = options.oracle ? await evaluateOracle(data, options.modes) : undefined;
  const report = reportOf(data, await evaluatePages(options, data), oracle);
  console.log(options.json ? JSON.stringify(report) : tablesOf(report));
}

async function evaluatePages(options: EvalOptions, data: EvalData): Promise<Scores> {
  const solvers = await PageSolver.openSeveral(options.workers, options.backend);
  try {
    const { identity } = solvers[0]!;
    const { corpora, fingerprints } = data;
    const seenConfiguration = { file: fingerprints.seen, corpus: fingerprints.corpora.seen, ...identity };
    const setCorpus = (phase: keyof typeof corpora) =>
      Promise.all(solvers.map((solver) => solver.setCorpus(corpora[phase])));
    const fill = async (): Promise<Reader[]> => {
      await setCorpus("seen");
      const kept = openStore<Trace>(options, "seen", seenConfiguration);
      const traces = await solveSeen(data.seen, solvers, kept);
      const filled = await fillBanks(data.seen, traces, options.modes, solvers);
      await setCorpus("unseen");
      return filled;
    };

    const scores: Scores = {};
    const empty: readonly Reader[] = solvers.map((solver) => ({ solver, logs: new Map() }));
    let filled: readonly Reader[] | undefined;
    await setCorpus("unseen");
    for (const mode of options.modes) {
      // All modes read the same logs: one bank a page serves them.
      if (mode !== "none") filled ??= await fill();
      const logs = mode === "none" ? null : { ...seenConfiguration, questions: data.seen.length };
      const { unseen: file } = fingerprints;
      const configuration = { mode, file, corpus: fingerprints.corpora.unseen, ...identity, logs };
      const store = openStore<Solved>(options, mode, configuration);
      const solved = await evaluateMode(mode, data.unseen, filled ?? empty, store);
      scores[mode] = scoresOf(data.unseen, solved);
    }
    return scores;
  } finally {
    await Promise.all(solvers.map((solver) => solver.close()));
  }
}

function openStore<T>(options: EvalOptions, kind: string, configuration: object): LineStore<T> {
  return LineStore.open<T>(
    join(options.work, `${kind}-${fingerprintOf(configuration)}.jsonl`),
    configuration,
  );
}

try {
  if (process.argv.includes("--help")) console.log(USAGE);
  else await main();
} catch (error) {
  // Errors raised on purpose say what to do; of others the place matters too.
  console.error(
    error instanceof LagError ? error.message : error instanceof Error ? error.stack : messageOf(error),
  );
  if (!isNamed(error, "InputError")) {
    console.error("Finished questions are kept: the same command goes on where this one stopped.");
  }
  process.exitCode = 1;
}
