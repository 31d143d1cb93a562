/** Questions and answers in order: runs a question through the client and shows it as it goes. */
import type { Client } from "../../client/connect.ts";
import type { LagEvent } from "../../runtime/events.ts";
import { throwIfAborted } from "../../terms/errors.ts";
import type { ExampleQuestion } from "../documents/corpora.ts";
import { clone, find } from "../dom.ts";
import type { Asked } from "./ask-view.ts";
import { withoutMemory } from "./comparison.ts";
import type { RunView } from "./run-view.ts";
import { TurnView } from "./turn-view.ts";
import type { WorkView } from "./work-view.ts";

export interface Conversation {
  ask(asked: Asked, signal: AbortSignal): Promise<void>;
  /** Shows questions to begin with; `submit` asks one. */
  offer(examples: readonly ExampleQuestion[], submit: (question: string) => void): void;
}

export function mountConversation(client: Client, work: WorkView): Conversation {
  const turns = find("#turns");
  let examples: readonly ExampleQuestion[] = [];
  let submit: (question: string) => void = () => {};

  /** Follows what grows at the end, unless the person has scrolled away from it. */
  function follow(change: () => void): void {
    const page = document.documentElement;
    const atEnd = page.scrollHeight - page.scrollTop - page.clientHeight < 120;
    change();
    if (atEnd) page.scrollTop = page.scrollHeight;
  }

  /** Runs one after the other: there is one model. One announcement at the end, not one a token. */
  async function runAll(runs: readonly RunView[], signal: AbortSignal): Promise<void> {
    turns.setAttribute("aria-busy", "true");
    allowComparisons(false);
    try {
      for (const run of runs) await runOne(run, signal);
    } finally {
      turns.removeAttribute("aria-busy");
      allowComparisons(true);
    }
  }

  function allowComparisons(are: boolean): void {
    for (const button of turns.querySelectorAll<HTMLButtonElement>(".turn-compare")) button.disabled = !are;
  }

  async function runOne(run: RunView, signal: AbortSignal): Promise<void> {
    run.begin();
    try {
      throwIfAborted(signal);
      const onEvent = (event: LagEvent) => follow(() => run.onEvent(event));
      const result = await client.ask(run.task, { signal, onEvent });
      follow(() => run.finished(result));
    } catch (error) {
      follow(() => run.failed(error));
    }
  }

  async function compareLater(turn: TurnView, first: RunView, signal: AbortSignal): Promise<void> {
    turn.withdrawComparison();
    const second = turn.runBeside(first, withoutMemory(first.task));
    await runAll([second], signal);
    follow(() => turn.compare(first, second));
  }

  return {
    async ask({ task, compare }, signal) {
      find("#welcome").hidden = true;
      const turn = new TurnView(task.question);
      const first = turn.run(task);
      const second = compare ? turn.runBeside(first, withoutMemory(task)) : undefined;
      turns.append(turn.root);
      turn.root.scrollIntoView({ block: "start" });
      await runAll(second ? [first, second] : [first], signal);
      follow(() => {
        if (second) turn.compare(first, second);
        if (!first.result) return;
        if (!second && task.mode !== "none") {
          turn.offerComparison(() => void work.begin((stop) => compareLater(turn, first, stop)));
        }
        const example = examples.find((known) => known.question === task.question);
        if (example) turn.offerRewording(example.rewording, submit);
      });
    },
    offer(given, ask) {
      examples = given;
      submit = ask;
      find("#examples").replaceChildren(
        ...given.map(({ question }) => {
          const item = clone("example-template");
          const button = find(".example", item);
          button.textContent = question;
          button.addEventListener("click", () => ask(question));
          return item;
        }),
      );
    },
  };
}
