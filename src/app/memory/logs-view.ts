/** The panel of memory: every log in the bank, newest first, from all tabs; each can be looked into and deleted. */
import type { Client } from "../../client/connect.ts";
import { messageOf } from "../../terms/errors.ts";
import { type Log, rowsOfLastResponse } from "../../terms/log.ts";
import { coalesced } from "../coalesced.ts";
import { clone, element, find } from "../dom.ts";
import { ago, count, megabytes } from "../words.ts";

export interface LogsView {
  refresh(): Promise<void>;
  /** Logs written by another model than this one are marked. */
  setModel(fingerprint: string): void;
}

interface Focus {
  readonly id: string;
  /** Place of the log in the list. */
  readonly index: number;
  readonly control: "summary" | ".log-delete";
}

export function mountLogsView(client: Client, notice: (text: string) => void): LogsView {
  const panel = find("#memory");
  const list = find(".logs", panel);
  const heading = find("h2", panel);
  const deleteAll = find<HTMLButtonElement>(".delete-all", panel);
  let model: string | undefined;

  /** A bank that is being filled changes many times a second, and each refresh reads all of it. */
  const refresh = coalesced(async () => {
    try {
      const [logs, stats] = await Promise.all([client.listLogs(), client.bankStats()]);
      show(logs);
      const rows = stats.rows > 0 ? `, ${count(stats.rows, "row")}, ${megabytes(stats.sliceBytes)}` : "";
      find(".memory-figures", panel).textContent = logs.length > 0 ? count(logs.length, "log") + rows : "";
    } catch (error) {
      notice(`The logs cannot be shown. ${messageOf(error)}`);
    }
  });

  function show(logs: readonly Log[]): void {
    const open = new Set(
      [...list.querySelectorAll<HTMLElement>(".log:has(details[open])")].map((item) => item.dataset.id),
    );
    const focus = focusInList();
    list.replaceChildren(...logs.map((log) => logItem(log, open.has(log.id))));
    find(".panel-empty", panel).hidden = logs.length > 0;
    deleteAll.hidden = logs.length === 0;
    if (focus) restore(focus);
  }

  function logItem(log: Log, open: boolean): HTMLElement {
    const item = clone("log-template");
    item.dataset.id = log.id;
    find(".log-question", item).textContent = log.question;
    find(".log-answer", item).textContent = log.outcome === "answered" ? (log.answer ?? "") : log.outcome;
    find(".log-figures", item).textContent = [
      count(log.steps, "step"),
      rowsInWords(log),
      ...(model !== undefined && log.model !== model ? ["of another model"] : []),
      ago(log.createdAt, Date.now()),
    ].join(" · ");
    find(".log-responses", item).append(...log.responses.map((response) => element("li", "", response)));
    find<HTMLDetailsElement>("details", item).open = open;
    const button = find<HTMLButtonElement>(".log-delete", item);
    button.setAttribute("aria-label", `Delete the log of “${log.question}”`);
    button.addEventListener("click", () => void remove(() => client.deleteLog(log.id)));
    return item;
  }

  async function remove(what: () => Promise<void>): Promise<void> {
    try {
      await what();
    } catch (error) {
      notice(`The log was not deleted. ${messageOf(error)}`);
    }
    await refresh();
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
      deleteAll.textContent = "Delete all: press again";
      return;
    }
    calm();
    heading.focus();
    void remove(() => client.deleteAllLogs());
  });
  deleteAll.addEventListener("blur", calm);
  function calm(): void {
    delete deleteAll.dataset.sure;
    deleteAll.textContent = "Delete all logs";
  }

  client.onBankChange(() => void refresh());
  return {
    refresh,
    setModel(fingerprint) {
      model = fingerprint;
      void refresh();
    },
  };
}

/** Live rows are named: they have seen more than what was said. */
function rowsInWords(log: Log): string {
  const rows = rowsOfLastResponse(log);
  if (rows === 0) return "no rows";
  const isLive = Object.keys(log.slices).some((name) => name.endsWith("/live"));
  return isLive ? `${count(rows, "row")}, live` : count(rows, "row");
}
