/** One question in the conversation: its run, or two side by side with their figures, and what can be asked next. */
import type { Task } from "../../runtime/events.ts";
import { clone, element, find } from "../dom.ts";
import { compareRuns } from "./comparison.ts";
import { RunView } from "./run-view.ts";

export class TurnView {
  readonly root = clone("turn-template");
  readonly #runs = find(".runs", this.root);
  readonly #offers = find(".turn-offers", this.root);

  constructor(question: string) {
    find(".turn-question", this.root).textContent = question;
  }

  run(task: Task): RunView {
    const run = new RunView(task);
    this.#runs.append(run.root);
    return run;
  }

  /** A second run beside `first`, which stands there already. */
  runBeside(first: RunView, task: Task): RunView {
    const second = this.run(task);
    first.name(`With memory, mode ${first.task.mode}`);
    second.name("Without memory");
    second.waitForTurn();
    this.root.classList.add("turn-compared");
    return second;
  }

  /** The figures of both runs, when both have ended well. */
  compare(withMemory: RunView, without: RunView): void {
    if (!withMemory.result || !without.result) return;
    const table = clone("comparison-template");
    find("tbody", table).append(
      ...compareRuns(withMemory.result, without.result).map((figure) => {
        const row = element("tr");
        const name = element("th", "", figure.name);
        name.scope = "row";
        row.append(name, element("td", "", figure.withMemory), element("td", "", figure.without));
        return row;
      }),
    );
    this.#offers.before(table);
  }

  /** Offers the same question without memory, once. */
  offerComparison(compare: () => void): void {
    const button = element("button", "quiet turn-compare", "Compare without memory");
    button.type = "button";
    button.addEventListener("click", compare);
    this.#offers.append(button);
  }

  withdrawComparison(): void {
    this.#offers.querySelector(".turn-compare")?.remove();
  }

  /** Offers the same question in other words. */
  offerRewording(rewording: string, ask: (question: string) => void): void {
    const button = element("button", "example");
    button.type = "button";
    button.append(element("span", "example-label", "Ask again in other words"), " ", rewording);
    button.addEventListener("click", () => ask(rewording));
    this.#offers.append(button);
  }
}
