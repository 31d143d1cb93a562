/** One run of a question, from its first step to the answer or to what went wrong. */
import type { LagEvent, Task, TaskResult } from "../../runtime/events.ts";
import { isNamed, messageOf } from "../../terms/errors.ts";
import { unitOf } from "../../terms/log.ts";
import { clone, cloneAll, element, find } from "../dom.ts";
import { StepView } from "./step-view.ts";
import { answerText, summaryOf } from "./task-words.ts";

export class RunView {
  readonly root = clone("run-template");
  readonly task: Task;
  readonly #end = find(".turn-end", this.root);
  readonly #waiting = find(".turn-waiting", this.root);
  readonly #steps: StepView[] = [];
  #result: TaskResult | undefined;

  constructor(task: Task) {
    this.task = task;
    this.#enter("waiting");
  }

  /** Undefined until the run has ended well. */
  get result(): TaskResult | undefined {
    return this.#result;
  }

  /** Names the run, where it stands beside another. */
  name(text: string): void {
    find(".run-title", this.root).textContent = text;
    find(".run-name", this.root).hidden = false;
  }

  /** Its turn comes when another run has ended. */
  waitForTurn(): void {
    this.#waiting.textContent = "Runs when the other has ended.";
  }

  begin(): void {
    this.#enter("running");
    this.#waiting.textContent = "Waiting for the model…";
  }

  onEvent(event: LagEvent): void {
    const step = this.#steps.at(-1);
    switch (event.type) {
      case "step-start": {
        const unit = `${unitOf(this.task.mode ?? "kv")}s` as const;
        const started = new StepView(event.step, event.query, this.task.question, unit);
        this.#steps.push(started);
        find(".steps", this.root).append(started.root);
        this.#waiting.hidden = true;
        break;
      }
      case "retrieve-end":
        step?.retrieved(event.logs, event.documents);
        break;
      case "preparation-delta":
        step?.prepares(event.text);
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
    this.#result = result;
    this.#enter("ended");
    const notices = [...this.#end.childNodes];
    this.#end.replaceChildren(cloneAll("turn-end-template"), ...notices);
    const answer = find(".turn-answer", this.#end);
    answer.dataset.outcome = result.outcome;
    answer.textContent = answerText(result);
    find(".turn-summary", this.#end).textContent = summaryOf(result, this.task.record ?? true);
  }

  failed(error: unknown): void {
    this.#enter("ended");
    if (!isNamed(error, "AbortError")) {
      this.#end.append(element("p", "turn-failed", messageOf(error)));
      return;
    }
    const kept = (this.task.record ?? true) ? " No log was kept." : "";
    this.#end.append(element("p", "turn-stopped", `Stopped.${kept}`));
  }

  #enter(state: "waiting" | "running" | "ended"): void {
    find(".run-state", this.root).textContent = state === "running" ? "runs now" : "";
    if (state === "ended") this.#waiting.hidden = true;
  }
}
