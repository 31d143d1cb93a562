/** A finished task in words. */
import type { TaskResult } from "../runtime/events.ts";
import { unitOf } from "../terms/log.ts";
import { backendName, count, duration } from "./words.ts";

export function answerText({ outcome, answer }: TaskResult): string {
  if (outcome === "answered") return answer ?? "";
  return outcome === "unknown" ? "The documents do not say." : "No answer within the steps allowed.";
}

/** `recorded`: whether a log was wanted, so that a missing one is told. */
export function summaryOf(result: TaskResult, recorded: boolean): string {
  const unit = unitOf(result.mode);
  const rows = result.logs.reduce((sum, log) => sum + log.rows, 0);
  const memory =
    result.logs.length === 0
      ? "no log in front"
      : `${count(rows, unit)} of ${count(result.logs.length, "log")} in front`;
  const parts = [
    count(result.steps.length, "step"),
    memory,
    duration(result.timings.total),
    backendName(result.backend),
  ];
  if (recorded && result.logId === null) parts.push("no log was kept");
  return parts.join(" · ");
}
