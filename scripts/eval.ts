/** `npm run eval`: exact match, F1 and steps of the built page per mode, on questions of several hops. */
import { type Limits, readLimits } from "../src/runtime/limits.ts";
import { isNamed, LagError, messageOf } from "../src/terms/errors.ts";
import { type EvalData, loadEvalData } from "./lib/eval-data.ts";
import { type EvalOptions, readEvalOptions, USAGE } from "./lib/eval-options.ts";
import { reportOf, type Scores, tablesOf } from "./lib/eval-report.ts";
import { checkDocumentsAreRead } from "./lib/limit-options.ts";
import { evaluateOracle } from "./lib/oracle.ts";
import { PageSolver } from "./lib/page-solver.ts";
import { runEvaluation } from "./lib/run-evaluation.ts";

async function main(): Promise<void> {
  const options = readEvalOptions(process.argv.slice(2));
  const data = loadEvalData(options);
  const limits = readLimits({ ...options.limits, kind: data.form.kind });
  checkDocumentsAreRead(limits, options.corpus ?? options.documentsFile);
  const { seen, unseen, corpora, source } = data;
  console.error(
    `${seen.length} seen and ${unseen.length} unseen questions, ${corpora.unseen.length} documents, ${source}`,
  );
  const oracle = options.oracle ? await evaluateOracle(data, options.modes, limits) : undefined;
  const report = reportOf(data, await evaluatePages({ ...options, limits }, data), oracle);
  console.log(options.json ? JSON.stringify(report) : tablesOf(report));
}

async function evaluatePages(options: EvalOptions & { limits: Limits }, data: EvalData): Promise<Scores> {
  const solvers = await PageSolver.openSeveral(options.workers, options.backend);
  try {
    return await runEvaluation(options, data, solvers);
  } finally {
    await Promise.all(solvers.map((solver) => solver.close()));
  }
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
