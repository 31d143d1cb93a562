/** A finished task in words. */
import type { TaskResult } from "../../runtime/events.ts";
import type { TaskKind } from "../../terms/task-kind.ts";
import { texts } from "../texts/texts.ts";
import { backendName, duration } from "../words.ts";

export function answerText({ outcome, answer }: TaskResult, kind: TaskKind = "knowledge"): string {
  if (outcome === "answered") return answer ?? "";
  if (outcome === "unknown") return kind === "chat" ? texts.turn.unknownChat : texts.turn.unknown;
  return kind === "chat" ? texts.turn.said : texts.turn.unanswered;
}

/** Rows or tokens in front of the step that had most: logs stay, and join. */
export function mostInFront({ steps }: TaskResult): number {
  return Math.max(0, ...steps.map(({ prefixRows }) => prefixRows));
}

/** `recorded`: whether a log was wanted, so that a missing one is told. */
export function summaryOf(result: TaskResult, recorded: boolean): string {
  const parts = [
    texts.count.step(result.steps.length),
    duration(result.timings.total),
    backendName(result.backend),
  ];
  if (recorded && result.logId === null) parts.push(texts.memory.noneKept);
  return parts.join(" · ");
}
