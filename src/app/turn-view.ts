/** One question in the conversation, from asking to the answer or to what went wrong. */
import type { LagEvent, TaskResult } from "../runtime/events.ts";
import { isNamed, messageOf } from "../terms/errors.ts";
import { type Mode, unitOf } from "../terms/log.ts";
import { clone, cloneAll, element, find } from "./dom.ts";
import { StepView } from "./step-view.ts";
import { backendName, count, duration } from "./words.ts";

export class TurnView {
  readonly root = clone("turn-template");
  readonly #end = find(".turn-end", this.root);
  readonly #steps: StepView[] = [];

  constructor(
    readonly question: string,
    readonly mode: Mode,
  ) {
    find(".turn-question", this.root).textContent = question;
  }

  onEvent(event: LagEvent): void {
    const step = this.#steps.at(-1);
    switch (event.type) {
      case "step-start": {
        const started = new StepView(event.step, event.query, this.question, `${unitOf(this.mode)}s`);
        this.#steps.push(started);
        find(".steps", this.root).append(started.root);
        find(".turn-waiting", this.root).hidden = true;
        break;
      }
      case "retrieve-end":
        step?.retrieved(event.logs, event.documents);
        break;
      case "text-delta":
        step?.said(event.text);
        break;
      case "step-end":
        step?.ended(event.step);
        break;
      case "notice":
        this.#end.append(element("p", "turn-notice", event.notice.text));
        break;
    }
  }

  finished(result: TaskResult): void {
    find(".turn-waiting", this.root).hidden = true;
    const notices = [...this.#end.childNodes];
    this.#end.replaceChildren(cloneAll("turn-end-template"), ...notices);
    const answer = find(".turn-answer", this.#end);
    answer.dataset.outcome = result.outcome;
    answer.textContent = answerText(result);
    find(".turn-summary", this.#end).textContent = summaryOf(result);
  }

  failed(error: unknown): void {
    find(".turn-waiting", this.root).hidden = true;
    const stopped = isNamed(error, "AbortError");
    this.#end.append(
      element(
        "p",
        stopped ? "turn-stopped" : "turn-failed",
        stopped ? "Stopped. No log was kept." : messageOf(error),
      ),
    );
  }

  /** Offers the same question in other words. */
  offerRewording(rewording: string, ask: (question: string) => void): void {
    const offer = element("p", "turn-again");
    const button = element("button", "example");
    button.type = "button";
    button.append(element("span", "example-label", "Ask again in other words"), " ", rewording);
    button.addEventListener("click", () => ask(rewording));
    offer.append(button);
    this.#end.append(offer);
  }
}

function answerText({ outcome, answer }: TaskResult): string {
  if (outcome === "answered") return answer ?? "";
  return outcome === "unknown" ? "The documents do not say." : "No answer within the steps allowed.";
}

function summaryOf(result: TaskResult): string {
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
  if (result.logId === null) parts.push("no log was kept");
  return parts.join(" · ");
}
