/** Which instruction opens the user message: by the kind of task, short for a model that was trained on that, or full. */
import type { ModelInfo } from "../engine/engine.ts";
import type { TaskKind } from "../terms/task-kind.ts";
import full from "./instruction-full.txt?raw";
import reasoningFull from "./instruction-reasoning-full.txt?raw";
import reasoningShort from "./instruction-reasoning-short.txt?raw";
import short from "./instruction-short.txt?raw";

/** A chat task has none: its prompt is what was asked. */
export type InstructedKind = Exclude<TaskKind, "chat">;

const INSTRUCTIONS: Readonly<Record<InstructedKind, Readonly<Record<"full" | "short", string>>>> = {
  knowledge: { full, short },
  reasoning: { full: reasoningFull, short: reasoningShort },
};

/** The full ones explain the tags to any model. */
export function instructionFor(model: Pick<ModelInfo, "instruction">, kind: InstructedKind): string {
  return INSTRUCTIONS[kind][model.instruction ?? "full"];
}
