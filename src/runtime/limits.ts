/** How far a task may go: steps, logs, documents and tokens. Defaults are the paper's values for its kind. */
import { floorsOf, type SimilarityFloors } from "../terms/similarity-floors.ts";
import { TASK_KINDS, type TaskKind } from "../terms/task-kind.ts";
import { oneOf, share, wholeNumber } from "./checks.ts";

/** A similarity floor that is absent is the model's, else 0, as published. */
export interface Limits extends SimilarityFloors {
  readonly kind: TaskKind;
  /** Logs that a query brings, at most. */
  readonly logsPerStep: number;
  /** Documents that a query brings, at most. */
  readonly documentsPerStep: number;
  readonly maxSteps: number;
  /** Tokens of a response. A model may allow fewer. */
  readonly maxNewTokens: number;
}

/** Reasoning tasks need no documents: whoever has some for them says how many a step. A chat task reads none. */
const DEFAULTS: Readonly<Record<TaskKind, Omit<Limits, "kind" | keyof SimilarityFloors>>> = {
  knowledge: { logsPerStep: 3, documentsPerStep: 2, maxSteps: 8, maxNewTokens: 1024 },
  reasoning: { logsPerStep: 3, documentsPerStep: 0, maxSteps: 3, maxNewTokens: 1024 },
  chat: { logsPerStep: 3, documentsPerStep: 0, maxSteps: 1, maxNewTokens: 1024 },
};

/** A task that needs more is not solved by more: its log would have to be encoded in one piece, too. */
const MOST_STEPS: Readonly<Record<TaskKind, number>> = { knowledge: 64, reasoning: 64, chat: 1 };
const MOST_DOCUMENTS: Partial<Record<TaskKind, number>> = { chat: 0 };

/** What is not given is filled in. Throws InputError. */
export function readLimits(given: Partial<Limits>): Limits {
  const kind = oneOf("kind", given.kind ?? "knowledge", TASK_KINDS);
  const defaults = DEFAULTS[kind];
  const filled = (field: keyof typeof defaults) => given[field] ?? defaults[field];
  return {
    kind,
    logsPerStep: wholeNumber("logsPerStep", filled("logsPerStep"), 0),
    ...readFloors(given),
    documentsPerStep: wholeNumber("documentsPerStep", filled("documentsPerStep"), 0, MOST_DOCUMENTS[kind]),
    maxSteps: wholeNumber("maxSteps", filled("maxSteps"), 1, MOST_STEPS[kind]),
    maxNewTokens: wholeNumber("maxNewTokens", filled("maxNewTokens"), 1),
  };
}

function readFloors(given: SimilarityFloors): SimilarityFloors {
  const entries = Object.entries(floorsOf(given));
  return Object.fromEntries(entries.map(([floor, value]) => [floor, share(floor, value)]));
}
