/** The panel of memory: the newest logs of the bank, from all tabs; each can be looked into and deleted. */
import type { Log } from "../../terms/log.ts";
import { clone, element, find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import { ago, megabytes } from "../words.ts";
import type { LogBook } from "./log-book.ts";
import { answerInWords, marksInWords, rowsInWords } from "./log-words.ts";

export interface LogsView {
  /** Logs written by another model than this one are marked. */
  setModel(fingerprint: string): void;
}

/** The newest ones: the bank's own page shows all. */
const SHOWN = 20;

interface Focus {
  readonly id: string;
  /** Place of the log in the list. */
  readonly index: number;
  readonly control: "summary" | ".log-delete";
}

export function mountLogsView(book: LogBook): LogsView {
  const panel = find("#memory");
  const list = find(".logs", panel);
  const heading = find("h2", panel);
  const deleteAll = find<HTMLButtonElement>(".delete-all", panel);
  let model: string | undefined;

  function show(): void {
    const { logs, stats } = book;
    const rows = stats.rows > 0 ? `, ${texts.count.row(stats.rows)}, ${megabytes(stats.sliceBytes)}` : "";
    find(".memory-figures", panel).textContent = logs.length > 0 ? texts.count.log(logs.length) + rows : "";
    const open = new Set(
      [...list.querySelectorAll<HTMLElement>(".log:has(details[open])")].map((item) => item.dataset.id),
    );
    const focus = focusInList();
    list.replaceChildren(...logs.slice(0, SHOWN).map((log) => logItem(log, open.has(log.id))));
    find(".panel-empty", panel).hidden = logs.length > 0;
    deleteAll.hidden = logs.length === 0;
    find(".logs-more", panel).hidden = logs.length === 0;
    if (focus) restore(focus);
  }

  function logItem(log: Log, open: boolean): HTMLElement {
    const item = clone("log-template");
    item.dataset.id = log.id;
    find(".log-question", item).textContent = log.question;
    find(".log-answer", item).textContent = answerInWords(log);
    find(".log-figures", item).textContent = [
      texts.count.step(log.steps),
      rowsInWords(log),
      ...marksInWords(log),
      ...(model !== undefined && log.model !== model ? [texts.memory.ofAnotherModel] : []),
      ago(log.createdAt, Date.now()),
    ].join(" · ");
    find(".log-responses", item).append(...log.responses.map((response) => element("li", "", response)));
    find<HTMLDetailsElement>("details", item).open = open;
    const button = find<HTMLButtonElement>(".log-delete", item);
    button.setAttribute("aria-label", texts.memory.deleteOne(log.question));
    button.addEventListener("click", () => void book.remove([log.id]));
    return item;
  }

  /** What of which log has the focus: it must neither be lost nor move to another log when the list is made anew. */
  function focusInList(): Focus | undefined {
    const items = [...list.querySelectorAll<HTMLElement>(".log")];
    const index = items.findIndex((item) => item.contains(document.activeElement));
    if (index < 0) return undefined;
    const control = document.activeElement?.matches(".log-delete") ? ".log-delete" : "summary";
    return { id: items[index]!.dataset.id!, index, control };
  }

  /** The same control of the same log; of its neighbour only when that log is gone. */
  function restore({ id, index, control }: Focus): void {
    const items = [...list.querySelectorAll<HTMLElement>(".log")];
    const item = items.find(({ dataset }) => dataset.id === id) ?? items[index] ?? items.at(-1);
    (item ? find(control, item) : heading).focus();
  }

  deleteAll.addEventListener("click", () => {
    if (deleteAll.dataset.sure === undefined) {
      deleteAll.dataset.sure = "";
      deleteAll.textContent = texts.bank.sure;
      return;
    }
    calm();
    heading.focus();
    void book.removeAll();
  });
  deleteAll.addEventListener("blur", calm);
  function calm(): void {
    delete deleteAll.dataset.sure;
    deleteAll.textContent = texts.bank.removeAll;
  }

  book.onChange(show);
  return {
    setModel(fingerprint) {
      model = fingerprint;
      show();
    },
  };
}
