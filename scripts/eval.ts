/** `npm run eval`: exact match, F1 and steps of the built page per mode, on 2WikiMultiHop questions. */
import { join } from "node:path";
import { type Summary, tableOf } from "../src/evaluation/report.ts";
import { isNamed, LagError, messageOf } from "../src/terms/errors.ts";
import type { Mode, Trace } from "../src/terms/log.ts";
import { type EvalData, fingerprintOf, loadEvalData } from "./lib/eval-data.ts";
import { type EvalOptions, readEvalOptions, USAGE } from "./lib/eval-options.ts";
import { evaluateMode, fillBank, type Solved, solveSeen } from "./lib/evaluate.ts";
import { LineStore } from "./lib/line-store.ts";
import { evaluateOracle } from "./lib/oracle.ts";
import { PageSolver } from "./lib/page-solver.ts";

type Summaries = Partial<Record<Mode, Summary>>;

async function main(): Promise<void> {
  const options = readEvalOptions(process.argv.slice(2));
  const data = loadEvalData(options);
  const { seen, unseen, documents } = data;
  console.error(`${seen.length} seen and ${unseen.length} unseen questions, ${documents.length} documents`);
  const oracle = options.oracle ? await evaluateOracle(data, options.modes) : undefined;
  const modes = await evaluatePage(options, data);
  if (options.json) {
    console.log(JSON.stringify(oracle ? { modes, oracle } : { modes }));
  } else {
    const rows = [...rowsOf(modes), ...(oracle ? rowsOf(oracle, "perfect reader, ") : [])];
    console.log(tableOf(rows));
  }
}

async function evaluatePage(options: EvalOptions, data: EvalData): Promise<Summaries> {
  const solver = await PageSolver.open(options.backend, data.documents);
  try {
    const { seen, unseen, corpus } = data.fingerprints;
    const seenConfiguration = { file: seen, corpus, ...solver.identity };
    const summaries: Summaries = {};
    let filled = false;
    for (const mode of options.modes) {
      if (mode !== "none" && !filled) {
        // All modes read the same logs: one bank serves them.
        const traces = await solveSeen(
          data.seen,
          solver,
          openStore<Trace>(options, "seen", seenConfiguration),
        );
        await fillBank(traces, options.modes, solver);
        filled = true;
      }
      const logs = mode === "none" ? null : { ...seenConfiguration, questions: data.seen.length };
      const configuration = { mode, file: unseen, corpus, ...solver.identity, logs };
      const store = openStore<Solved>(options, mode, configuration);
      summaries[mode] = await evaluateMode(mode, data.unseen, solver, store);
    }
    return summaries;
  } finally {
    await solver.close();
  }
}

function openStore<T>(options: EvalOptions, kind: string, configuration: object): LineStore<T> {
  return LineStore.open<T>(
    join(options.work, `${kind}-${fingerprintOf(configuration)}.jsonl`),
    configuration,
  );
}

function rowsOf(summaries: Summaries, prefix = ""): (readonly [string, Summary])[] {
  return Object.entries(summaries).map(([mode, summary]) => [prefix + mode, summary] as const);
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
