/** Questions and answers in order: runs a question through the client and shows it as it goes. */
import type { Client } from "../client/connect.ts";
import type { Mode } from "../terms/log.ts";
import type { ExampleQuestion } from "./corpora.ts";
import { clone, find } from "./dom.ts";
import { TurnView } from "./turn-view.ts";

export interface Conversation {
  ask(question: string, mode: Mode, signal: AbortSignal): Promise<void>;
  /** Shows questions to begin with; `submit` asks one. */
  offer(examples: readonly ExampleQuestion[], submit: (question: string) => void): void;
}

export function mountConversation(client: Client): Conversation {
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

  return {
    async ask(question, mode, signal) {
      find("#welcome").hidden = true;
      const turn = new TurnView(question, mode);
      turns.append(turn.root);
      turns.setAttribute("aria-busy", "true"); // one announcement at the end, not one a token
      turn.root.scrollIntoView({ block: "start" });
      try {
        const result = await client.ask(
          { question, mode },
          { signal, onEvent: (event) => follow(() => turn.onEvent(event)) },
        );
        const example = examples.find((known) => known.question === question);
        follow(() => {
          turn.finished(result);
          if (example) turn.offerRewording(example.rewording, submit);
        });
      } catch (error) {
        follow(() => turn.failed(error));
      } finally {
        turns.removeAttribute("aria-busy");
      }
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
