/** The line under an answer that says what memory did for it; opened, it shows which logs those were. */
import type { TaskResult, UsedLog } from "../../runtime/events.ts";
import { unitOf } from "../../terms/log.ts";
import { clone, element, find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import { percent } from "../words.ts";
import type { LogBook } from "./log-book.ts";
import { type LogControls, logControls } from "./log-controls.ts";

export interface UsedLogsView {
  readonly root: HTMLElement;
  /** The book has changed. */
  update(): void;
  /** The same question was asked without memory. */
  compared(without: TaskResult): void;
}

/** `memory`: whether the task was allowed any. */
export function usedLogsView(result: TaskResult, memory: boolean, book: LogBook): UsedLogsView {
  const { logs } = result;
  if (logs.length === 0) {
    const root = element("p", "turn-memory-none", memory ? texts.memory.nothing : texts.memory.off);
    return { root, update: () => {}, compared: () => {} };
  }
  const root = clone<HTMLDetailsElement>("used-logs-template");
  const list = find("ul", root);
  const show = (without?: TaskResult) => {
    find("summary", root).textContent = usedInWords(result, without);
  };
  let items: { readonly log: UsedLog; readonly item: HTMLElement; readonly controls: LogControls }[] = [];

  function fill(): void {
    items = logs.map((log) => ({
      log,
      item: clone("used-log-detail-template"),
      controls: logControls(book, log.id),
    }));
    for (const { log, item, controls } of items) {
      find(".used-log-question", item).textContent = log.question;
      const inFront = log.rows > 0 ? ` · ${texts.count[unitOf(result.mode)](log.rows)}` : "";
      find(".used-log-figures", item).textContent = texts.step.similar(percent(log.similarity)) + inFront;
      item.append(controls.root);
    }
    list.replaceChildren(...items.map(({ item }) => item));
    update();
  }

  function update(): void {
    for (const { log, item, controls } of items) {
      const now = book.find(log.id);
      const said = now?.responses.at(-1);
      find(".used-log-said", item).textContent = said ? `${texts.memory.said} ${said}` : texts.memory.gone;
      controls.update();
    }
  }

  root.addEventListener("toggle", () => {
    if (root.open && items.length === 0) fill();
  });
  show();
  return { root, update, compared: show };
}

/** Nothing that is not known: what it took without memory only where that was run, or what the logs' own tasks took. */
export function usedInWords(result: TaskResult, without?: TaskResult): string {
  const { logs, mode, steps } = result;
  const inFront = Math.max(0, ...steps.map(({ prefixRows }) => prefixRows));
  return [texts.memory.used(logs.length), texts.count[unitOf(mode)](inFront), stepsInWords(result, without)]
    .filter(Boolean)
    .join(" · ");
}

function stepsInWords({ logs, steps }: TaskResult, without: TaskResult | undefined): string {
  if (without) return texts.memory.insteadOf(steps.length, without.steps.length);
  if (logs.length !== 1) return "";
  return texts.memory.tookThemselves(steps.length, logs[0]!.steps);
}
