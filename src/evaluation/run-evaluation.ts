/**
 * An evaluation, whole: plan → ask what is not there yet → score → report. Runs in a shell and in a page: who answers
 * and where answers are kept is given.
 */
import { floorsOf } from "../terms/similarity-floors.ts";
import { type Asking, askPasses } from "./ask-passes.ts";
import { buildReport } from "./build-report.ts";
import type { EvaluationReport, ModelOfReport } from "./evaluation-report.ts";
import { createOracle, type OracleOptions } from "./oracle.ts";
import { type Design, type Pass, passesOf, planOf } from "./passes.ts";
import type { Score } from "./report.ts";

export interface Evaluation extends Omit<Asking, "plan"> {
  readonly design: Design;
  /** The indexes of a perfect reader, alike those of the solvers. Absent: none is asked for. */
  readonly oracle?: Pick<OracleOptions, "createBank" | "createIndex">;
}

/** Throws AbortError, InputError, and what a solver or the store throws: what was finished is kept. */
export async function runEvaluation(evaluation: Evaluation): Promise<EvaluationReport> {
  const { data, solvers, oracle, onProgress, signal } = evaluation;
  const { identity } = solvers[0]!;
  const design = withModelsFloors(evaluation.design, identity.model);
  const plan = planOf(design, data);
  const resultOf = await askPasses({ ...evaluation, plan });
  const scores = new Map<Pass, readonly Score[]>();
  if (oracle) {
    const read = await createOracle({ ...oracle, data, fill: plan.fill, onProgress, signal });
    for (const pass of passesOf({ ...plan, fill: null })) scores.set(pass, await read(pass));
  }
  const found = oracle && { oracleOf: (pass: Pass) => scores.get(pass)! };
  return buildReport({ design, data, plan, identity, resultOf, ...found });
}

/** What the model asks for where the design does not say, in words: the perfect reader and the report go by it too. */
function withModelsFloors(design: Design, model: ModelOfReport): Design {
  return { ...design, limits: { ...design.limits, ...floorsOf(design.limits, model) } };
}
