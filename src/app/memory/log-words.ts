/** A log in words. */
import { type Log, rowsOfLastResponse } from "../../terms/log.ts";
import { texts } from "../texts/texts.ts";

/** Live rows are named: they have seen more than what was said. */
export function rowsInWords(log: Log): string {
  const rows = rowsOfLastResponse(log);
  if (rows === 0) return texts.memory.noRows;
  const isLive = Object.keys(log.slices).some((name) => name.endsWith("/live"));
  return isLive ? texts.memory.live(texts.count.row(rows)) : texts.count.row(rows);
}

/** Its answer, or how it ended without one. */
export function answerInWords({ outcome, answer }: Log): string {
  return outcome === "answered" ? (answer ?? "") : texts.memory.outcomes[outcome];
}

/** What a person has said about it. */
export function marksInWords({ marks = {} }: Log): string[] {
  return [
    ...(marks.pinned ? [texts.memory.pinned] : []),
    ...(marks.never ? [texts.memory.neverUsed] : []),
    ...(marks.verdict ? [texts.memory[marks.verdict].toLowerCase()] : []),
  ];
}
