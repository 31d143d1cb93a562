/** Runs the question of one turn through the client, once or with and without memory, and shows it as it goes. */
import type { Client } from "../../client/connect.ts";
import type { ModelInfo } from "../../engine/engine.ts";
import type { LagEvent, Task, TaskResult } from "../../runtime/events.ts";
import { isNamed, messageOf, throwIfAborted } from "../../terms/errors.ts";
import { type Turn, type TurnEnd, turnsForPrompt } from "../conversations/conversation.ts";
import { texts } from "../texts/texts.ts";
import { withoutMemory } from "./comparison.ts";
import { followEnd } from "./follow-end.ts";
import type { RunView } from "./run-view.ts";
import type { TurnView } from "./turn-view.ts";

export interface TurnRun {
  readonly view: TurnView;
  readonly task: Task;
  /** The turns before it, which are told to models that can read them. */
  readonly before: readonly Turn[];
}

/** What is stopped or fails is an end like any other: neither method rejects. */
export interface TurnRunner {
  /** `compare`: beside it the same without memory, one after the other, since there is one model. */
  run(turn: TurnRun, compare: boolean, signal: AbortSignal): Promise<TurnEnd>;
  /** The same without memory, beside a turn that was answered with `result`; the end has both where that went well. */
  runBeside(turn: TurnRun, result: TaskResult, signal: AbortSignal): Promise<TurnEnd>;
  /** The model that answers, once it is there. */
  setModel(model: Promise<ModelInfo>): void;
}

export function turnRunner(client: Client, onAnswer: (result: TaskResult) => void): TurnRunner {
  let model: Promise<ModelInfo> | undefined;

  /** Earlier turns, for a model that can read them: the embedded one was trained on single questions. */
  async function withTurns(task: Task, before: readonly Turn[], signal: AbortSignal): Promise<Task> {
    const turns = turnsForPrompt(before);
    if (turns.length === 0 || !model) return task;
    const stopped = new Promise<undefined>((resolve) => {
      signal.addEventListener("abort", () => resolve(undefined), { once: true });
    });
    const info = await Promise.race([model.catch(() => undefined), stopped]);
    return info === undefined || info.instruction === "short" ? task : { ...task, turns };
  }

  async function runOne(run: RunView, before: readonly Turn[], signal: AbortSignal): Promise<TurnEnd> {
    run.begin();
    try {
      throwIfAborted(signal);
      const onEvent = (event: LagEvent) => followEnd(() => run.onEvent(event));
      const result = await client.ask(await withTurns(run.task, before, signal), { signal, onEvent });
      followEnd(() => run.finished(result));
      onAnswer(result);
      return { type: "answered", result };
    } catch (error) {
      if (isNamed(error, "AbortError")) {
        const records = run.task.record ?? true;
        followEnd(() => run.stopped(records ? texts.turn.stoppedNoLog : texts.turn.stopped));
        return { type: "stopped" };
      }
      const message = messageOf(error);
      followEnd(() => run.failed(message));
      return { type: "failed", message };
    }
  }

  return {
    async run({ view, task, before }, compare, signal) {
      const first = view.run(task);
      const second = compare ? view.runBeside(withoutMemory(task)) : undefined;
      const end = await runOne(first, before, signal);
      return second ? compared(view, end, await runOne(second, before, signal)) : end;
    },
    async runBeside({ view, task, before }, result, signal) {
      const second = view.runBeside(withoutMemory(task));
      return compared(view, { type: "answered", result }, await runOne(second, before, signal));
    },
    setModel(given) {
      given.catch(() => {}); // the page says why there is none
      model = given;
    },
  };
}

/** The end of a turn with that of its run without memory, whose figures are shown where both ended well. */
function compared(view: TurnView, end: TurnEnd, without: TurnEnd): TurnEnd {
  if (end.type !== "answered" || without.type !== "answered") return end;
  followEnd(() => view.compare(end.result, without.result));
  return { ...end, without: without.result };
}
