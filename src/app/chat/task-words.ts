/** A finished task in words. */
import type { TaskResult } from "../../runtime/events.ts";
import { unitOf } from "../../terms/log.ts";
import { backendName, count, duration } from "../words.ts";

export function answerText({ outcome, answer }: TaskResult): string {
  if (outcome === "answered") return answer ?? "";
  return outcome === "unknown" ? "The documents do not say." : "No answer within the steps allowed.";
}

/** Rows or tokens in front of the step that had most: logs stay, and join. */
export function mostInFront({ steps }: TaskResult): number {
  return Math.max(0, ...steps.map(({ prefixRows }) => prefixRows));
}

/** `recorded`: whether a log was wanted, so that a missing one is told. */
export function summaryOf(result: TaskResult, recorded: boolean): string {
  const memory =
    result.logs.length === 0
      ? "no log in front"
      : `${count(mostInFront(result), unitOf(result.mode))} of ${count(result.logs.length, "log")} in front`;
  const parts = [
    count(result.steps.length, "step"),
    memory,
    duration(result.timings.total),
    backendName(result.backend),
  ];
  if (recorded && result.logId === null) parts.push("no log was kept");
  return parts.join(" · ");
}
