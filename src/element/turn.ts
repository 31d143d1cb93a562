/** A question and what became of it, as the element shows it. */
import type { LagEvent, TaskResult } from "../runtime/events.ts";
import type { Texts } from "./texts.ts";

export interface Turn {
  readonly question: string;
  /** Whether its response is the reply itself, to be shown while it is said. */
  readonly isReply: boolean;
  /** What was said so far, step by step. */
  readonly said: string[];
  state: "working" | "done" | "stopped" | "failed";
  result?: TaskResult;
  error?: string;
}

export function newTurn(question: string, isReply: boolean): Turn {
  return { question, isReply, said: [], state: "working" };
}

/** Takes an event in. Returns whether there is more to show. */
export function takeIn({ said }: Turn, event: LagEvent): boolean {
  if (event.type === "step-start") said.push("");
  else if (event.type === "text-delta") said[said.length - 1] += event.text;
  else return false;
  return true;
}

/** The answer, or what stands in its place. */
export function answerOf(turn: Turn, texts: Texts): string {
  if (turn.state === "stopped") return texts.stopped;
  if (turn.state === "failed") return turn.error ?? "";
  const { result } = turn;
  if (!result) return (turn.isReply && turn.said.join("").trim()) || texts.working;
  if (result.outcome === "unknown") return texts.unknown;
  return result.answer ?? texts.unanswered;
}
