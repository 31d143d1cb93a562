/** One step of the loop: what was looked for, which logs stood in front, what was read, what the model said. */
import type { Step, UsedLog } from "../../runtime/events.ts";
import type { Document } from "../../terms/document.ts";
import { documentEntries } from "../documents/document-list.ts";
import { clone, element, find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import { duration, percent } from "../words.ts";
import { type PartKind, partsOf } from "./response-parts.ts";

const LABELS: Readonly<Record<Exclude<PartKind, "text">, string>> = texts.step.actions;

/** Around thoughts, and what of them is still arriving. */
const THINK_MARKS = /^\s*<think>|<\/think>\s*$/g;

/** What stands in front: rows in mode `kv`, tokens in text modes. */
export type Unit = "row" | "token";

export class StepView {
  readonly root = clone("step-template");
  readonly #unit: Unit;
  #response = "";
  #thoughts = "";
  #sheet = "";

  constructor(number: number, query: string, question: string, unit: Unit) {
    this.#unit = unit;
    find(".step-number", this.root).textContent = texts.step.number(number);
    find(".step-query", this.root).textContent =
      query === question ? texts.step.looksForQuestion : texts.step.looksFor(query);
  }

  retrieved(logs: readonly UsedLog[], documents: readonly Document[]): void {
    find(".step-logs", this.root).replaceChildren(...logs.map((log) => usedLogItem(log, this.#unit)));
    if (documents.length === 0) return;
    const details = find(".step-documents", this.root);
    details.hidden = false;
    const titles = documents.map(({ title }) => title).join(", ");
    find("summary", details).textContent = texts.step.reads(titles);
    find(".document-list", details).replaceChildren(...documentEntries(documents));
  }

  /** A step that ended before: of its documents only the titles are known. */
  was(step: Step): void {
    const read = find(".step-read", this.root);
    read.hidden = step.documents.length === 0;
    read.textContent = texts.step.hadRead(step.documents.join(", "));
    this.ended(step);
  }

  /** The model writes a cheat sheet before its response. */
  prepares(text: string): void {
    this.#sheet += text;
    this.#showSheet(texts.step.writesSheet);
  }

  /** What the model thinks before its response, folded away. */
  thinks(text: string): void {
    this.#thoughts += text;
    this.#showThoughts(texts.step.thinks);
  }

  said(text: string): void {
    this.#response += text;
    this.#show();
  }

  /** The finished step says it all again, exactly: figures, and the logs that did fit. */
  ended(step: Step): void {
    if (step.preparation) {
      this.#sheet = step.preparation.text;
      this.#showSheet(texts.step.wroteSheet(step.preparation.newTokens));
    }
    if (step.thoughts) {
      this.#thoughts = step.thoughts;
      this.#showThoughts(texts.step.thought);
    }
    this.#response = spokenOf(step);
    this.#show();
    find(".step-logs", this.root).replaceChildren(...step.logs.map((log) => usedLogItem(log, this.#unit)));
    find(".step-share", this.root).hidden = false;
    const shares = [
      [".share-rows", step.prefixRows],
      [".share-prompt", step.promptTokens],
      [".share-new", step.newTokens],
    ] as const;
    for (const [selector, tokens] of shares) find(selector, this.root).style.flexGrow = String(tokens);
    find(".step-figures", this.root).textContent = [
      step.prefixRows > 0 ? texts.step.inFront(step.prefixRows, this.#unit) : texts.step.nothingInFront,
      texts.step.prompt(step.promptTokens),
      texts.step.response(step.newTokens),
      duration(step.timings.retrieve + step.timings.prepare + step.timings.generate),
    ].join(" · ");
  }

  #showSheet(summary: string): void {
    const details = find(".step-preparation", this.root);
    details.hidden = false;
    find("summary", details).textContent = summary;
    find("p", details).textContent = this.#sheet;
  }

  #showThoughts(summary: string): void {
    const words = this.#thoughts.replace(THINK_MARKS, "").trim();
    const details = find(".step-thoughts", this.root);
    details.hidden = words === "";
    find("summary", details).textContent = summary;
    find("p", details).textContent = words;
  }

  #show(): void {
    find(".step-response", this.root).replaceChildren(
      ...partsOf(this.#response).flatMap(({ kind, text }) => {
        if (kind === "text") return [document.createTextNode(text), document.createTextNode(" ")];
        const action = element("span", `action action-${kind}`);
        action.append(
          element("span", "action-label", LABELS[kind]),
          " ",
          element("span", "action-text", text),
        );
        return [action, document.createTextNode(" ")];
      }),
    );
  }
}

/** Where thoughts are kept, the response begins with them. */
function spokenOf({ response, thoughts = "" }: Step): string {
  return response.startsWith(thoughts) ? response.slice(thoughts.length) : response;
}

function usedLogItem(log: UsedLog, unit: Unit): HTMLElement {
  const item = clone("used-log-template");
  find(".used-log-question", item).textContent = log.question;
  find(".used-log-figures", item).textContent =
    texts.step.similar(percent(log.similarity)) +
    (log.rows > 0 ? ` · ${texts.step.inFront(log.rows, unit)}` : "");
  return item;
}
