/** A conversation as it is kept: its turns in order, each a task of its own. Pure. */
import type { ChatTurn, Task, TaskResult } from "../../runtime/events.ts";

export interface Conversation {
  readonly id: string;
  readonly title: string;
  /** Milliseconds since 1970, of its last change. */
  readonly changedAt: number;
  /** Whether its tasks read logs and leave some. */
  readonly memory: boolean;
  readonly turns: readonly Turn[];
}

/** One question and what became of it. */
export interface Turn {
  readonly id: string;
  /** As it was asked, without the turns before it. */
  readonly task: Task;
  readonly end: TurnEnd;
}

export type TurnEnd =
  | {
      readonly type: "answered";
      readonly result: TaskResult;
      /** The same question asked without memory, where that was compared. */
      readonly without?: TaskResult;
    }
  /** By the person, or because the page was closed. */
  | { readonly type: "stopped" }
  | { readonly type: "failed"; readonly message: string };

const TITLE_LENGTH = 60;

/** The first question, on one line; cut between words where it is long. */
export function titleFrom(question: string): string {
  const line = question.replace(/\s+/g, " ").trim();
  if (line.length <= TITLE_LENGTH) return line;
  const cut = line.slice(0, TITLE_LENGTH);
  const space = cut.lastIndexOf(" ");
  return `${space < TITLE_LENGTH / 2 ? cut : cut.slice(0, space)}…`;
}

/** What stands in the prompt of a later turn: turns that were answered. */
export function turnsForPrompt(turns: readonly Turn[]): ChatTurn[] {
  return turns.flatMap(({ task, end }) =>
    end.type === "answered" && end.result.answer !== null
      ? [{ question: task.question, answer: end.result.answer }]
      : [],
  );
}

/** Ids of the logs that its turns left. */
export function logsOf(turns: readonly Turn[]): string[] {
  return turns.flatMap(({ end }) => (end.type === "answered" && end.result.logId ? [end.result.logId] : []));
}

/** Whether title, a question or an answer holds every word of the search. */
export function matches({ title, turns }: Conversation, search: string): boolean {
  const said = turns.flatMap(({ task, end }) => [
    task.question,
    end.type === "answered" ? (end.result.answer ?? "") : "",
  ]);
  const text = [title, ...said].join("\n").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
