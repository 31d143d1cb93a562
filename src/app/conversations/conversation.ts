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

/**
 * What is to be kept of a conversation that two tabs may change: `theirs` is what is kept, `mine` what this tab shows,
 * `base` what it showed when that was last kept. What was changed here is as it is here, everything else as it is kept:
 * no turn is lost, and one that was dropped, here or there, stays dropped.
 */
export function merged(base: Conversation, mine: Conversation, theirs: Conversation): Conversation {
  const known = byId(base);
  const here = byId(mine);
  const there = byId(theirs);
  return {
    ...theirs,
    changedAt: mine.changedAt,
    title: mine.title === base.title ? theirs.title : mine.title,
    memory: mine.memory === base.memory ? theirs.memory : mine.memory,
    turns: [
      ...theirs.turns.flatMap((turn) => {
        const own = here.get(turn.id);
        if (!own) return known.has(turn.id) ? [] : [turn];
        return own === known.get(turn.id) ? [turn] : [own];
      }),
      ...mine.turns.filter(({ id }) => !known.has(id) && !there.has(id)),
    ],
  };
}

/** With the name that is kept, and the turns that another tab has added or ended since, which come last. */
export function withNews(mine: Conversation, theirs: Conversation): Conversation {
  const here = byId(mine);
  const there = byId(theirs);
  return {
    ...mine,
    title: theirs.title,
    turns: [
      ...mine.turns.map((turn) => {
        const other = there.get(turn.id);
        return turn.end.type === "stopped" && other && other.end.type !== "stopped" ? other : turn;
      }),
      ...theirs.turns.filter(({ id }) => !here.has(id)),
    ],
  };
}

function byId({ turns }: Conversation): ReadonlyMap<string, Turn> {
  return new Map(turns.map((turn) => [turn.id, turn]));
}

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
