/** What an evaluation asks, pass by pass, before anything is asked: so that its tasks can be counted first. */
import type { Limits } from "../runtime/limits.ts";
import type { Layout } from "../terms/layout.ts";
import type { Mode } from "../terms/log.ts";
import type { EvaluationData } from "./evaluation-data.ts";
import { drawOrder, drawSubset } from "./order.ts";
import type { Question } from "./question.ts";
import type { Phase } from "./timed-documents.ts";

export const BANK_KINDS = ["static", "dynamic"] as const;
export type BankKind = (typeof BANK_KINDS)[number];

/** What is to be found out. */
export interface Design {
  readonly modes: readonly Mode[];
  readonly limits: Limits;
  /** Where logs stand, and which of their rows are kept. */
  readonly layout: Layout;
  /** Static: filled by the seen questions, then only read. Dynamic: empty, and every finished task joins it. */
  readonly banks: readonly BankKind[];
  /** The parts that are asked over the static bank. */
  readonly parts: readonly Phase[];
  /** Numbers of logs of which a static bank is made besides the whole. */
  readonly bankSizes: readonly number[];
  /** Logs a step besides those of `limits`. */
  readonly ks: readonly number[];
  /** Of the order of a dynamic run, and of the logs that a smaller bank holds. */
  readonly seed: number;
}

/** Questions, asked in one mode over one bank. */
export interface Pass {
  /** For people. */
  readonly label: string;
  readonly mode: Mode;
  readonly questions: readonly Question[];
  /** Of the list that `questions` are the first of. */
  readonly fingerprint: string;
  /** Whose documents are there. */
  readonly corpus: Phase;
  readonly limits: Limits;
  readonly layout: Layout;
  readonly bank: PassBank;
}

export type PassBank =
  | { readonly kind: "none" }
  /** Places of the seen questions whose logs are there, in the order in which they came. */
  | { readonly kind: "static"; readonly places: readonly number[]; readonly drawn: object | null }
  /** Empty at the start. The questions stand in the order in which they are asked. */
  | { readonly kind: "dynamic"; readonly seed: number };

/** Passes by what the report makes of them. Different entries may hold the same pass: it is asked once. */
export interface Plan {
  /** Solves the seen questions, so that their logs can fill static banks. Null: no pass needs them. */
  readonly fill: Pass | null;
  readonly parts: Partial<Record<Phase, readonly Pass[]>>;
  /** `x` ascending; the last is the whole bank. */
  readonly bankSizes: readonly Point[];
  /** `x` ascending; the k of the limits is among them. */
  readonly ks: readonly Point[];
  readonly dynamic: DynamicPlan | null;
}

export interface Point {
  readonly x: number;
  readonly passes: readonly Pass[];
}

export interface DynamicPlan {
  readonly questions: readonly Question[];
  /** One a mode that reads logs. */
  readonly passes: readonly Pass[];
  /** What mode none says does not hang on the order: these passes, one after the other, in the order of `order`. */
  readonly none: readonly Pass[];
  readonly order: readonly number[];
}

export function planOf(design: Design, data: EvaluationData): Plan {
  const { modes, limits, layout, seed } = design;
  const readers = modes.filter((mode) => mode !== "none");
  const isStatic = design.banks.includes("static");
  const all = data.seen.length;
  const whole: PassBank = { kind: "static", places: drawSubset(all, all, seed), drawn: null };
  const part = (phase: Phase): readonly Pass[] =>
    modes.map((mode) => {
      const bank = mode === "none" ? NO_BANK : whole;
      return { ...askedPart(data, phase), mode, label: `mode ${mode}, ${phase}`, limits, layout, bank };
    });
  const size = (x: number): Point => {
    const places = drawSubset(all, x, seed);
    const bank = x === all ? whole : ({ kind: "static", places, drawn: { size: x, seed } } as const);
    const pass = (mode: Mode) => ({
      mode,
      label: `mode ${mode}, ${x} logs in the bank`,
      limits,
      layout,
      bank,
    });
    return { x, passes: readers.map((mode) => ({ ...askedPart(data, "unseen"), ...pass(mode) })) };
  };
  const k = (x: number): Point => {
    const more = { limits: { ...limits, logsPerStep: x }, layout, bank: whole };
    const pass = (mode: Mode) => ({ mode, label: `mode ${mode}, ${x} logs a step`, ...more });
    return { x, passes: readers.map((mode) => ({ ...askedPart(data, "unseen"), ...pass(mode) })) };
  };
  const plan: Omit<Plan, "fill"> = {
    parts: isStatic ? Object.fromEntries(design.parts.map((phase) => [phase, part(phase)])) : {},
    bankSizes: curve(
      design.bankSizes.map((x) => Math.min(x, all)),
      all,
    ).map(size),
    ks: curve(design.ks, limits.logsPerStep).map(k),
    dynamic: design.banks.includes("dynamic") ? dynamicPlan(design, data) : null,
  };
  const needsLogs = passesOf(plan).some(({ bank }) => bank.kind === "static");
  return { ...plan, fill: needsLogs ? fillPass(data, design) : null };
}

/** Every pass, some perhaps more than once. */
export function passesOf({ fill, parts, bankSizes, ks, dynamic }: Partial<Plan>): readonly Pass[] {
  const points = [...(bankSizes ?? []), ...(ks ?? [])];
  return [
    ...(fill ? [fill] : []),
    ...Object.values(parts ?? {}).flat(),
    ...points.flatMap(({ passes }) => passes),
    ...(dynamic ? [...dynamic.none, ...dynamic.passes] : []),
  ];
}

/** Tasks that a plan asks of one model and backend, when nothing is there yet: what two passes share, once. */
export function countTasks(plan: Plan, { fingerprints }: EvaluationData): number {
  const counts = new Map<string, number>();
  for (const { mode, questions, fingerprint, corpus, limits, bank } of passesOf(plan)) {
    const logsPerStep = mode === "none" ? null : limits.logsPerStep;
    const key = JSON.stringify([mode, fingerprint, fingerprints.corpora[corpus], logsPerStep, bank]);
    counts.set(key, Math.max(questions.length, counts.get(key) ?? 0));
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

const NO_BANK: PassBank = { kind: "none" };

function fillPass({ seen, fingerprints }: EvaluationData, { limits, layout }: Design): Pass {
  const { seen: fingerprint } = fingerprints;
  const how = { mode: "none", limits, layout, corpus: "seen", bank: NO_BANK } as const;
  return { label: "seen questions, to fill the bank", questions: seen, fingerprint, ...how };
}

function askedPart({ asked, fingerprints }: EvaluationData, phase: Phase) {
  return { questions: asked[phase], fingerprint: fingerprints.asked[phase], corpus: "unseen" } as const;
}

/** The questions that would fill a static bank, as they stand there, and the unseen ones, in one drawn order. */
function dynamicPlan({ modes, limits, layout, seed }: Design, data: EvaluationData): DynamicPlan {
  const { fingerprints } = data;
  const parts = [
    { questions: data.seen, fingerprint: fingerprints.seen },
    { questions: data.asked.unseen, fingerprint: fingerprints.asked.unseen },
  ].filter(({ questions }) => questions.length > 0);
  const listed = parts.flatMap(({ questions }) => questions);
  const order = drawOrder(listed.length, seed);
  const questions = order.map((place) => listed[place]!);
  const how = { limits, layout, corpus: "unseen" } as const;
  const growing = modes.filter((mode) => mode !== "none");
  return {
    questions,
    order,
    passes: growing.map((mode) => ({
      label: `mode ${mode}, growing bank`,
      mode,
      questions,
      fingerprint: parts.map((part) => `${part.questions.length} of ${part.fingerprint}`).join(" and "),
      bank: { kind: "dynamic", seed },
      ...how,
    })),
    none: modes.includes("none")
      ? parts.map((part) => ({
          label: "mode none, for the growing bank",
          mode: "none",
          bank: NO_BANK,
          ...part,
          ...how,
        }))
      : [],
  };
}

/** Ascending, each once, with the value that the main passes have; empty when no other was asked for. */
function curve(wished: readonly number[], main: number): readonly number[] {
  return wished.length === 0 ? [] : [...new Set([...wished, main])].sort((a, b) => a - b);
}
