/** What was found out in every pass of a plan → the report. Pure. */
import type { Mode } from "../terms/log.ts";
import { alsoSeen } from "./also-seen.ts";
import { type Answered, attemptOf } from "./answered.ts";
import type { PassResult } from "./ask-passes.ts";
import { bothRight, compare, compareAll, stepsRatio } from "./compare.ts";
import { costsOf } from "./costs.ts";
import { iterationsOf, orderCurveOf, windowOf } from "./curves.ts";
import type { EvaluationData } from "./evaluation-data.ts";
import type {
  ByMode,
  Costs,
  CurvePoint,
  DynamicReport,
  EvaluationReport,
  PartReport,
  ReaderReport,
} from "./evaluation-report.ts";
import { gainsOf } from "./gains.ts";
import type { Design, DynamicPlan, Pass, Plan, Point } from "./passes.ts";
import type { Question } from "./question.ts";
import { type Score, scoreAttempt, summarise, summariseByType } from "./report.ts";
import type { SolverIdentity } from "./solver.ts";

export interface Findings {
  readonly design: Design;
  readonly data: EvaluationData;
  readonly plan: Plan;
  readonly identity: SolverIdentity;
  readonly resultOf: (pass: Pass) => PassResult;
  /** Absent: no perfect reader was asked for. */
  readonly oracleOf?: (pass: Pass) => readonly Score[];
}

export function buildReport(findings: Findings): EvaluationReport {
  const { design, data, plan, identity } = findings;
  const { asked, corpora, source, about } = data;
  const { unseen, seen } = plan.parts;
  const { model, backend, retrieval, thoughts } = identity;
  const both = alsoSeen(data);
  return {
    setting: {
      ...about,
      form: data.form.name,
      questions: { seen: data.seen.length, unseen: asked.unseen.length },
      ...(both > 0 && { alsoSeen: both }),
      model,
      backend,
      retrieval,
      ...(thoughts && { thoughts }),
      limits: design.limits,
      layout: design.layout,
    },
    documents: { source, seen: corpora.seen.length, unseen: corpora.unseen.length },
    ...partOf((unseen ?? []).map((pass) => rowOf(pass, findings))),
    ...(seen && { seen: partOf(seen.map((pass) => rowOf(pass, findings))) }),
    ...(plan.bankSizes.length > 0 && {
      bankSizes: { seed: design.seed, curves: curvesOf(plan.bankSizes, findings) },
    }),
    ...(plan.ks.length > 0 && { ks: { curves: curvesOf(plan.ks, findings) } }),
    ...(plan.dynamic && { dynamic: dynamicOf(plan.dynamic, findings) }),
  };
}

/** How a mode fared with a list of questions. */
interface Row {
  readonly mode: Mode;
  readonly scores: readonly Score[];
  /** Of the questions. */
  readonly types: readonly string[];
  readonly maxSteps: number;
  readonly costs: Costs;
  readonly oracle: readonly Score[] | undefined;
}

function rowOf(pass: Pass, { resultOf, oracleOf }: Findings): Row {
  const { mode, questions, limits } = pass;
  const { answers, bank } = resultOf(pass);
  return {
    mode,
    scores: scoresOf(questions, answers, limits.maxSteps),
    types: typesOf(questions),
    maxSteps: limits.maxSteps,
    costs: costsOf(mode, answers, bank),
    oracle: oracleOf?.(pass),
  };
}

/** Mode none answers the same in any order, so its passes are those of the parts. */
function orderedNone(
  { none, order, questions }: DynamicPlan,
  { resultOf, oracleOf }: Findings,
): Row | undefined {
  if (none.length === 0) return undefined;
  const inOrder = <T>(listed: readonly T[]): readonly T[] => order.map((place) => listed[place]!);
  const answers = inOrder(none.flatMap((pass) => resultOf(pass).answers));
  const { maxSteps } = none[0]!.limits;
  return {
    mode: "none",
    scores: scoresOf(questions, answers, maxSteps),
    types: typesOf(questions),
    maxSteps,
    costs: costsOf("none", answers, null),
    oracle: oracleOf && inOrder(none.flatMap(oracleOf)),
  };
}

function partOf(rows: readonly Row[]): PartReport {
  const scores = byMode(rows, (row) => row.scores);
  const oracle = byMode(
    rows.filter((row) => row.oracle),
    (row) => row.oracle!,
  );
  const { none, ...others } = scores;
  const againstNone = rows.filter(({ mode }) => mode !== "none");
  return {
    modes: byMode(rows, (row) => ({ ...readerOf(row, row.scores), costs: row.costs })),
    ...(none && {
      againstNone: compareAll(others, none),
      gains: byMode(againstNone, (row) => gainsOf(row.scores, none)),
    }),
    ...(Object.keys(oracle).length > 0 && {
      oracle: byMode(rows, (row) => readerOf(row, row.oracle!)),
      againstOracle: byMode(rows, (row) => compare(row.scores, row.oracle!)),
      ...(none && {
        oracleBothRight: byMode(againstNone, (row) =>
          stepsRatio(row.oracle!, oracle.none!, bothRight(row.scores, none)),
        ),
      }),
    }),
  };
}

function readerOf({ types, maxSteps }: Row, scores: readonly Score[]): ReaderReport {
  return {
    ...summarise(scores),
    byType: summariseByType(scores, types),
    iterations: iterationsOf(scores, maxSteps),
  };
}

function curvesOf(points: readonly Point[], findings: Findings): ByMode<readonly CurvePoint[]> {
  const curves: ByMode<CurvePoint[]> = {};
  for (const { x, passes } of points) {
    for (const { mode, scores } of passes.map((pass) => rowOf(pass, findings))) {
      curves[mode] = [...(curves[mode] ?? []), { x, ...summarise(scores) }];
    }
  }
  return curves;
}

function dynamicOf(plan: DynamicPlan, findings: Findings): DynamicReport {
  const none = orderedNone(plan, findings);
  const rows = [...(none ? [none] : []), ...plan.passes.map((pass) => rowOf(pass, findings))];
  const window = windowOf(plan.questions.length);
  return {
    ...partOf(rows),
    seed: findings.design.seed,
    questions: plan.questions.length,
    window,
    curves: byMode(rows, ({ scores }) => orderCurveOf(scores, window)),
  };
}

/** What breakdowns go by. */
function typesOf(questions: readonly Question[]): string[] {
  return questions.map(({ group, type }) => group ?? type);
}

function scoresOf(questions: readonly Question[], answers: readonly Answered[], maxSteps: number): Score[] {
  return answers.map((answered, i) => scoreAttempt(attemptOf(answered), questions[i]!, maxSteps));
}

function byMode<R>(rows: readonly Row[], use: (row: Row) => R): ByMode<R> {
  return Object.fromEntries(rows.map((row) => [row.mode, use(row)]));
}
