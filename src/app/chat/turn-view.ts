/** One question in the conversation: its run, or two side by side with their figures, and what can be done with it next. */
import type { Task, TaskResult } from "../../runtime/events.ts";
import type { Turn } from "../conversations/conversation.ts";
import { clone, element, find } from "../dom.ts";
import type { LogBook } from "../memory/log-book.ts";
import { type LogControls, logControls } from "../memory/log-controls.ts";
import { texts } from "../texts/texts.ts";
import { compareRuns } from "./comparison.ts";
import { RunView } from "./run-view.ts";
import { answerText } from "./task-words.ts";

/** What a person can ask of a turn that has ended. */
export interface TurnActions {
  retry(): void;
  edit(): void;
  compare(): void;
}

export class TurnView {
  readonly root = clone("turn-template");
  readonly #runs = find(".runs", this.root);
  readonly #offers = find(".turn-offers", this.root);
  readonly #actions = find(".turn-actions", this.root);
  readonly #book: LogBook;
  #shown: RunView[] = [];
  #controls: LogControls | undefined;

  constructor(question: string, book: LogBook) {
    this.#book = book;
    find(".turn-question", this.root).textContent = question;
  }

  /** A run in place of all that stood there. */
  run(task: Task): RunView {
    return this.#start([new RunView(task, this.#book)]);
  }

  /** A second run beside the one that stands there. */
  runBeside(task: Task): RunView {
    const second = new RunView(task, this.#book);
    this.#beside(this.#shown[0]!, second);
    second.waitForTurn();
    return second;
  }

  /** A turn as it was kept. */
  was({ task, end }: Turn): void {
    if (end.type !== "answered") {
      const run = this.run(task);
      if (end.type === "failed") run.failed(end.message);
      else run.stopped(texts.turn.stopped);
      return;
    }
    const first = this.#start([RunView.ended(task, end.result, this.#book)]);
    if (!end.without) return;
    const second = RunView.ended({ ...task, mode: "none", record: false }, end.without, this.#book);
    this.#beside(first, second);
    this.compare(end.result, end.without);
  }

  /** The figures of both runs, when both have ended well. */
  compare(withMemory: TaskResult, without: TaskResult): void {
    this.#shown[0]?.compared(without);
    const table = clone("comparison-template");
    find("tbody", table).append(
      ...compareRuns(withMemory, without).map((figure) => {
        const row = element("tr");
        const name = element("th", "", figure.name);
        name.scope = "row";
        row.append(name, element("td", "", figure.withMemory), element("td", "", figure.without));
        return row;
      }),
    );
    this.#runs.after(table);
  }

  /** Offers what fits how it ended. */
  offer({ task, end }: Turn, actions: TurnActions): void {
    const answered = end.type === "answered" ? end : undefined;
    const buttons = [
      ...(answered ? [this.#copyButton(answerText(answered.result, task.kind))] : []),
      quiet("turn-retry", texts.turn.retry, actions.retry),
      quiet("turn-edit", texts.turn.edit, actions.edit),
      ...(answered && !answered.without && task.mode !== "none"
        ? [quiet("turn-compare", texts.turn.compare, actions.compare)]
        : []),
    ];
    const logId = answered?.result.logId;
    this.#controls = logId ? logControls(this.#book, logId, ["right", "wrong"], false) : undefined;
    this.#actions.replaceChildren(...(this.#controls ? [this.#controls.root] : []), ...buttons);
  }

  /** What could be done is withdrawn while the turn runs again. */
  withdraw(): void {
    this.#controls = undefined;
    this.#actions.replaceChildren();
  }

  /** Whether what is offered can be pressed: not while a question runs. Copying always can. */
  allowActions(are: boolean): void {
    for (const button of this.root.querySelectorAll<HTMLButtonElement>(
      ".turn-retry, .turn-edit, .turn-compare, .turn-offers button",
    ))
      button.disabled = !are;
  }

  /** Offers the same question in other words. */
  offerRewording(rewording: string, ask: (question: string) => void): void {
    const button = element("button", "example");
    button.type = "button";
    button.append(element("span", "example-label", texts.turn.rewording), " ", rewording);
    button.addEventListener("click", () => ask(rewording));
    this.#offers.replaceChildren(button);
  }

  logsChanged(): void {
    this.#controls?.update();
    for (const run of this.#shown) run.logsChanged();
  }

  #start(runs: RunView[]): RunView {
    this.#shown = runs;
    this.root.classList.remove("turn-compared");
    this.#runs.replaceChildren(...runs.map(({ root }) => root));
    this.root.querySelector(".comparison")?.remove();
    this.#offers.replaceChildren();
    return runs[0]!;
  }

  #beside(first: RunView, second: RunView): void {
    this.#shown = [first, second];
    this.#runs.replaceChildren(first.root, second.root);
    first.name(texts.turn.withMemory(first.task.mode ?? "kv"));
    second.name(texts.turn.withoutMemory);
    this.root.classList.add("turn-compared");
  }

  #copyButton(text: string): HTMLButtonElement {
    const button = quiet("turn-copy", texts.turn.copy, () => {
      navigator.clipboard.writeText(text).then(
        () => say(texts.turn.copied),
        () => say(texts.turn.notCopied),
      );
    });
    const say = (what: string) => {
      button.textContent = what;
    };
    button.addEventListener("blur", () => say(texts.turn.copy));
    button.setAttribute("aria-live", "polite");
    return button;
  }
}

function quiet(name: string, text: string, act: () => void): HTMLButtonElement {
  const button = element("button", `quiet ${name}`, text);
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}
