/** One run of a question, from its first step to the answer or to what went wrong. */
import type { LagEvent, Step, Task, TaskResult } from "../../runtime/events.ts";
import { unitOf } from "../../terms/log.ts";
import { clone, cloneAll, element, find } from "../dom.ts";
import type { LogBook } from "../memory/log-book.ts";
import { type UsedLogsView, usedLogsView } from "../memory/used-logs-view.ts";
import { texts } from "../texts/texts.ts";
import { GrowingAnswer } from "./growing-answer.ts";
import { StepView } from "./step-view.ts";
import { answerText, summaryOf } from "./task-words.ts";

export class RunView {
  readonly root = clone("run-template");
  readonly task: Task;
  readonly #book: LogBook;
  readonly #answer = find(".turn-answer", this.root);
  readonly #end = find(".turn-end", this.root);
  readonly #waiting = find(".turn-waiting", this.root);
  readonly #steps: StepView[] = [];
  /** In a chat task what is said is the answer, and is read while it grows. */
  readonly #growing: GrowingAnswer | undefined;
  #result: TaskResult | undefined;
  #used: UsedLogsView | undefined;

  constructor(task: Task, book: LogBook) {
    this.task = task;
    this.#book = book;
    this.root.dataset.kind = task.kind ?? "knowledge";
    if (task.kind === "chat") this.#growing = new GrowingAnswer(this.#answer);
    this.#enter("waiting");
  }

  /** A run that ended before, as it was. */
  static ended(task: Task, result: TaskResult, book: LogBook): RunView {
    const run = new RunView(task, book);
    for (const step of result.steps) run.#startStep(step.number, step.query).was(step);
    run.finished(result);
    return run;
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
    this.#waiting.textContent = texts.turn.later;
  }

  begin(): void {
    this.#enter("running");
    this.#waiting.textContent = texts.turn.waiting;
  }

  onEvent(event: LagEvent): void {
    const step = this.#steps.at(-1);
    switch (event.type) {
      case "step-start":
        this.#startStep(event.step, event.query);
        this.#waiting.hidden = this.task.kind !== "chat";
        break;
      case "retrieve-end":
        step?.retrieved(event.logs, event.documents);
        break;
      case "preparation-delta":
        step?.prepares(event.text);
        break;
      case "thoughts-delta":
        this.#waiting.hidden = true;
        step?.thinks(event.text);
        break;
      case "text-delta":
        this.#waiting.hidden = true;
        if (this.#growing) this.#growing.add(event.text);
        else step?.said(event.text);
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
    const text = answerText(result, this.task.kind);
    if (this.#growing && result.outcome === "answered") this.#growing.set(text);
    else this.#answer.textContent = text;
    this.#answer.dataset.outcome = result.outcome;
    this.#answer.hidden = false;
    const notices = [...this.#end.childNodes];
    this.#end.replaceChildren(cloneAll("turn-end-template"), ...notices);
    const memory = this.task.mode !== "none" || (this.task.record ?? true);
    this.#used = usedLogsView(result, memory, this.#book);
    find(".turn-end-memory", this.#end).replaceWith(this.#used.root);
    find(".turn-summary", this.#end).textContent = summaryOf(result, this.task.record ?? true);
  }

  /** `text`: why there is no answer. */
  stopped(text: string): void {
    this.#enter("ended");
    this.#end.append(element("p", "turn-stopped", text));
  }

  failed(message: string): void {
    this.#enter("ended");
    this.#end.append(element("p", "turn-failed", message));
  }

  logsChanged(): void {
    this.#used?.update();
  }

  /** The same question was asked without memory beside it. */
  compared(without: TaskResult): void {
    this.#used?.compared(without);
  }

  #startStep(number: Step["number"], query: string): StepView {
    const unit = unitOf(this.task.mode ?? "kv");
    const started = new StepView(number, query, this.task.question, unit);
    this.#steps.push(started);
    find(".steps", this.root).append(started.root);
    return started;
  }

  #enter(state: "waiting" | "running" | "ended"): void {
    find(".run-state", this.root).textContent = state === "running" ? texts.turn.running : "";
    if (state === "ended") this.#waiting.hidden = true;
  }
}
