/** Every dataset × model × backend of a command, one after the other, through pages in headless Chromium. */
import { alsoSeen } from "../../src/evaluation/also-seen.ts";
import type { EvaluationData } from "../../src/evaluation/evaluation-data.ts";
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";
import { type OracleIndexes, oracleIndexes } from "../../src/evaluation/oracle-indexes.ts";
import { countTasks, type Design, planOf } from "../../src/evaluation/passes.ts";
import { runEvaluation } from "../../src/evaluation/run-evaluation.ts";
import { readLimits } from "../../src/runtime/limits.ts";
import { LagError } from "../../src/terms/errors.ts";
import { needsEmbedder } from "../../src/terms/retrieval.ts";
import { openEmbedder } from "./disk-embedder.ts";
import { loadEvalData } from "./eval-data.ts";
import type { EvalOptions } from "./eval-options.ts";
import { checkDocumentsAreRead } from "./limit-options.ts";
import { lineStores } from "./line-store.ts";
import { mountModel } from "./model-mount.ts";
import { PageSolver } from "./page-solver.ts";
import { createProgressPrinter, printCount } from "./progress.ts";

/** `onReport` is called for each as soon as it is there. Says on standard error how far it is. */
export async function evaluate(
  options: EvalOptions,
  onReport: (report: EvaluationReport) => void,
): Promise<void> {
  const { models, backends, workers, thoughts } = options;
  // Whatever is wrong with a file or an option is said before a page is opened.
  const datasets: Dataset[] = [];
  for (const files of options.datasets) datasets.push(datasetOf(options, await loadEvalData(options, files)));
  const mounts = models.map((model) => (model === undefined ? undefined : mountModel(model)));
  announce(datasets, options);
  const oracle = options.oracle ? await openOracle(options) : undefined;
  for (const mount of mounts) {
    for (const backend of backends) {
      const solvers = await PageSolver.openSeveral(workers, {
        backend,
        mount,
        query: options.retrieval.query,
        thoughts,
      });
      try {
        for (const dataset of datasets) onReport(await evaluateDataset(dataset, solvers, options, oracle));
      } finally {
        await Promise.all(solvers.map((solver) => solver.close()));
      }
    }
  }
}

interface Dataset {
  readonly data: EvaluationData;
  readonly design: Design;
}

function datasetOf(options: EvalOptions, data: EvaluationData): Dataset {
  const limits = readLimits({ ...options.limits, kind: data.form.kind });
  checkDocumentsAreRead(limits, options.corpus ?? options.documentsFile);
  return { data, design: { ...options, limits } };
}

function announce(datasets: readonly Dataset[], { models, backends }: EvalOptions): void {
  let tasks = 0;
  for (const { data, design } of datasets) {
    const { about, seen, asked, corpora, source } = data;
    console.error(
      `${about.dataset}: ${seen.length} seen and ${asked.unseen.length} unseen questions, ` +
        `${corpora.unseen.length} documents, ${source}`,
    );
    const both = alsoSeen(data);
    if (both > 0)
      console.error(`  ${both} unseen questions are among the seen ones too: their own logs are in the bank`);
    tasks += countTasks(planOf(design, data), data);
  }
  const times = models.length * backends.length;
  if (times === 1 && datasets.length === 1) return; // the run itself says it
  const [of, by] = [
    `${datasets.length} × ${models.length} × ${backends.length}`,
    "datasets × models × backends",
  ];
  console.error(`${of} ${by}: ${tasks * times} tasks in all, less what is there already`);
}

/** What a perfect reader finds with, and the embedder behind it, if there is one. */
interface Oracle {
  readonly indexes: OracleIndexes;
  readonly embedder: string | null;
}

async function openOracle({ retrieval: { retrieval, embedder: path } }: EvalOptions): Promise<Oracle> {
  const embedder = needsEmbedder(retrieval) ? await openEmbedder(path) : null;
  return { indexes: oracleIndexes(retrieval, embedder), embedder: embedder?.fingerprint ?? null };
}

function evaluateDataset(
  { data, design }: Dataset,
  solvers: readonly PageSolver[],
  options: EvalOptions,
  oracle: Oracle | undefined,
): Promise<EvaluationReport> {
  if (oracle && oracle.embedder !== solvers[0]!.identity.retrieval.embedder) {
    throw new LagError(
      "The perfect reader and the page have different embedders. Give --embedder the path of a folder in public/.",
    );
  }
  return runEvaluation({
    design,
    data,
    solvers,
    store: lineStores(options.work),
    onCount: printCount,
    onProgress: createProgressPrinter(),
    ...(oracle && { oracle: oracle.indexes }),
  });
}
