/** The bank's own page: all logs, searched and sorted, their map, and deleting one, many or all. */
import type { Client } from "../../client/connect.ts";
import { messageOf } from "../../terms/errors.ts";
import { bytesOfLog, type Log } from "../../terms/log.ts";
import { clone, element, find } from "../dom.ts";
import type { LogBook } from "../memory/log-book.ts";
import { logControls } from "../memory/log-controls.ts";
import { answerInWords, marksInWords, rowsInWords } from "../memory/log-words.ts";
import { texts } from "../texts/texts.ts";
import { ago, megabytes, percent } from "../words.ts";
import { logMatches, ORDERS, sorted } from "./log-list.ts";
import { drawMap, placesOf } from "./log-map.ts";

/** More are searched for, not scrolled to. */
const SHOWN = 200;

export function mountBankView(client: Pick<Client, "searchLogs">, book: LogBook): void {
  const view = find("#bank");
  const search = find<HTMLInputElement>("#bank-search", view);
  const order = find<HTMLSelectElement>("#bank-order", view);
  const list = find(".bank-logs", view);
  const removeChosen = find<HTMLButtonElement>(".bank-remove", view);
  const removeAll = find<HTMLButtonElement>(".bank-remove-all", view);
  const chooseAll = find<HTMLInputElement>("#bank-choose-all", view);
  const message = find(".bank-message", view);
  const map = view.querySelector("svg.bank-map")!;
  const chosen = new Set<string>();
  let similarity: ReadonlyMap<string, number> = new Map();
  /** What the map measures similarity to. */
  let measured = "";
  let asked = 0;

  order.append(...ORDERS.map((name) => new Option(texts.bank.orders[name], name)));

  /** To what is searched for, or else to the newest log: as a question with these words would find them. */
  async function measure(): Promise<void> {
    const query = search.value.trim() || (book.logs[0]?.question ?? "");
    const mine = ++asked;
    message.textContent = "";
    try {
      const found = query === "" ? [] : await client.searchLogs(query, book.logs.length);
      if (mine !== asked) return;
      similarity = new Map(found.map(({ id, similarity }) => [id, similarity]));
      measured = query;
    } catch (error) {
      if (mine === asked) message.textContent = messageOf(error);
    }
    if (mine === asked) show();
  }

  function wanted(): Log[] {
    const words = search.value.trim();
    const matching = words === "" ? book.logs : book.logs.filter((log) => logMatches(log, words));
    return sorted(matching, ORDERS.find((name) => name === order.value) ?? "newest", similarity);
  }

  function show(): void {
    const { logs, stats } = book;
    for (const id of chosen) if (!book.find(id)) chosen.delete(id);
    find(".bank-figures", view).textContent =
      logs.length === 0
        ? texts.bank.empty
        : [texts.count.log(logs.length), texts.count.row(stats.rows), megabytes(stats.sliceBytes)].join(
            " · ",
          );
    const open = new Set(
      [...list.querySelectorAll<HTMLElement>(".bank-log:has(details[open])")].map(
        ({ dataset }) => dataset.id,
      ),
    );
    const focus = focusIn();
    const found = wanted();
    list.replaceChildren(...found.slice(0, SHOWN).map((log) => itemOf(log, open.has(log.id))));
    find(".bank-more", view).textContent = found.length > SHOWN ? texts.bank.more(found.length - SHOWN) : "";
    focus?.();
    find(".bank-map-figure", view).hidden = logs.length === 0;
    find(".bank-map-about", view).textContent = texts.bank.map(measured);
    const nameOf = (id: string) =>
      `${book.find(id)?.question ?? ""} (${texts.step.similar(percent(similarity.get(id) ?? 0))})`;
    drawMap(map as SVGSVGElement, placesOf(found, similarity), nameOf, reveal);
    showChosen();
  }

  function itemOf(log: Log, open: boolean): HTMLElement {
    const item = clone("bank-log-template");
    item.dataset.id = log.id;
    const box = find<HTMLInputElement>(".bank-choose", item);
    box.checked = chosen.has(log.id);
    box.setAttribute("aria-label", texts.bank.choose(log.question));
    box.addEventListener("change", () => {
      if (box.checked) chosen.add(log.id);
      else chosen.delete(log.id);
      showChosen();
    });
    find(".log-question", item).textContent = log.question;
    find(".log-answer", item).textContent = answerInWords(log);
    find(".log-figures", item).textContent = [
      ...marksInWords(log),
      ...(similarity.has(log.id) ? [texts.step.similar(percent(similarity.get(log.id)!))] : []),
      texts.count.step(log.steps),
      rowsInWords(log),
      megabytes(bytesOfLog(log)),
      ago(log.createdAt, Date.now()),
    ].join(" · ");
    find(".log-responses", item).append(...log.responses.map((response) => element("li", "", response)));
    const details = find<HTMLDetailsElement>("details", item);
    details.open = open;
    find(".bank-log-body", details).append(logControls(book, log.id).root);
    return item;
  }

  /** Gives the focus back to the same control of the same log when the list is made anew. */
  function focusIn(): (() => void) | undefined {
    const control = document.activeElement;
    const item = control?.closest<HTMLElement>(".bank-log");
    if (!item || !list.contains(item)) return undefined;
    const at = [...item.querySelectorAll("input, summary, button")].indexOf(control!);
    return () => {
      const again = list.querySelector(`[data-id="${item.dataset.id}"]`);
      const controls = again?.querySelectorAll<HTMLElement>("input, summary, button");
      (controls?.[at] ?? search).focus();
    };
  }

  function reveal(id: string): void {
    const item = list.querySelector(`[data-id="${id}"]`);
    if (!item) return;
    find<HTMLDetailsElement>("details", item).open = true;
    find("summary", item).focus();
    item.scrollIntoView({ block: "center" });
  }

  function showChosen(): void {
    removeChosen.disabled = chosen.size === 0;
    removeChosen.textContent = texts.bank.removeChosen(chosen.size);
    const shown = [...list.querySelectorAll<HTMLInputElement>(".bank-choose")];
    chooseAll.disabled = shown.length === 0;
    chooseAll.checked = shown.length > 0 && shown.every((box) => box.checked);
    removeAll.hidden = book.logs.length === 0;
  }

  chooseAll.addEventListener("change", () => {
    const ids = [...list.querySelectorAll<HTMLElement>(".bank-log")].map(({ dataset }) => dataset.id!);
    for (const id of ids) {
      if (chooseAll.checked) chosen.add(id);
      else chosen.delete(id);
    }
    show();
  });
  removeChosen.addEventListener("click", () => {
    search.focus();
    void book.remove([...chosen]);
  });
  removeAll.addEventListener("click", () => {
    if (removeAll.dataset.sure === undefined) {
      removeAll.dataset.sure = "";
      removeAll.textContent = texts.bank.sure;
      return;
    }
    calm();
    search.focus();
    void book.removeAll();
  });
  removeAll.addEventListener("blur", calm);
  function calm(): void {
    delete removeAll.dataset.sure;
    removeAll.textContent = texts.bank.removeAll;
  }
  search.addEventListener("input", () => void measure());
  order.addEventListener("change", show);
  book.onChange(() => void measure());
  calm();
  void measure();
}
