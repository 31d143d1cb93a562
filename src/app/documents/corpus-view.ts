/** The panel of documents: which corpus is read, importing one, and looking into it. */
import type { CorpusOptions } from "../../client/connect.ts";
import type { CorpusProgress } from "../../client/protocol.ts";
import type { Document } from "../../terms/document.ts";
import { isNamed, messageOf } from "../../terms/errors.ts";
import { element, find } from "../dom.ts";
import { count } from "../words.ts";
import { mountBrowseView } from "./browse-view.ts";
import { fetchSample, keepImported, listImported, readImported } from "./corpora.ts";
import { type BadLine, describeBadLine, type ParsedCorpus, parseCorpus } from "./corpus-jsonl.ts";

const SAMPLE = "";
const BAD_LINES_SHOWN = 20;

/** `use` hands documents to the worker. Resolves when the built-in corpus is in use; rejects when it cannot be had. */
export async function mountCorpusView(
  use: (documents: readonly Document[], options: CorpusOptions) => Promise<unknown>,
): Promise<void> {
  const picker = find<HTMLSelectElement>("#corpus");
  const file = find<HTMLInputElement>("#import-file");
  const figures = find(".documents-figures");
  const report = find(".import-report");
  const browse = mountBrowseView();
  let chosen = SAMPLE;
  /** Reading takes time and a person may choose again meanwhile: the last choice counts. */
  let choices = 0;
  /** Ends making a corpus ready that is no longer wanted. */
  let making: AbortController | undefined;
  let sizeInUse = "";

  picker.add(new Option("Sample: films and people", SAMPLE));
  for (const name of await listImported().catch(() => [])) picker.add(new Option(name, name));

  picker.addEventListener("change", () => void choose(picker.value).catch(() => {}));
  find("#import-button").addEventListener("click", () => file.click());
  file.addEventListener("change", () => void importChosen());

  /** Shows why it failed, then rejects all the same. */
  async function choose(name: string): Promise<void> {
    const choice = ++choices;
    report.replaceChildren();
    try {
      const documents = name === SAMPLE ? await fetchSample() : (await readImported(name)).documents;
      await put(choice, name, documents);
    } catch (error) {
      if (choice === choices) report.replaceChildren(element("p", "", messageOf(error)));
      throw error;
    } finally {
      showChosen(choice);
    }
  }

  async function put(choice: number, name: string, documents: readonly Document[]): Promise<void> {
    if (choice !== choices) return;
    making?.abort();
    making = new AbortController();
    const onProgress = ({ done, total }: CorpusProgress) => {
      if (choice === choices) figures.textContent = `Reading ${done} of ${count(total, "document")}…`;
    };
    try {
      await use(documents, { onProgress, signal: making.signal });
    } catch (error) {
      if (choice === choices) figures.textContent = sizeInUse;
      throw error;
    }
    chosen = name;
    sizeInUse = count(documents.length, "document");
    figures.textContent = sizeInUse;
    browse.show(documents);
  }

  /** Whether or not the choice succeeded, the picker names what is in use. */
  function showChosen(choice: number): void {
    if (choice === choices) picker.value = chosen;
  }

  async function importChosen(): Promise<void> {
    const picked = file.files?.[0];
    if (!picked) return;
    const choice = ++choices;
    report.replaceChildren();
    try {
      const text = await picked.text();
      const parsed = parseCorpus(text);
      if (parsed.badLines.length > 0 || parsed.documents.length === 0)
        report.append(...importReport(picked.name, parsed));
      if (parsed.documents.length === 0) return;
      await keepImported(picked.name, text).catch((error) => report.append(notKept(picked.name, error)));
      if (![...picker.options].some(({ value }) => value === picked.name))
        picker.add(new Option(picked.name, picked.name));
      await put(choice, picked.name, parsed.documents);
    } catch (error) {
      if (choice !== choices) return;
      report.replaceChildren(element("p", "", `${picked.name} could not be imported. ${messageOf(error)}`));
    } finally {
      showChosen(choice);
      file.value = ""; // the same file, mended, can be chosen again
    }
  }

  await choose(SAMPLE).catch((error) => {
    // Another one was chosen before this one was ready.
    if (!isNamed(error, "AbortError")) throw error;
  });
}

function importReport(name: string, { documents, badLines }: ParsedCorpus): HTMLElement[] {
  const outcome =
    documents.length === 0
      ? "holds no document, so the corpus in use stays."
      : `was imported without ${count(badLines.length, "line")}: ${count(documents.length, "document")} in use.`;
  const lines = element("ul");
  for (const bad of badLines.slice(0, BAD_LINES_SHOWN)) lines.append(badLineItem(bad));
  if (badLines.length > BAD_LINES_SHOWN)
    lines.append(element("li", "", `… and ${badLines.length - BAD_LINES_SHOWN} more`));
  return [element("p", "", `${name} ${outcome}`), lines];
}

function notKept(name: string, error: unknown): HTMLElement {
  const text = `${name} could not be kept by this browser: import it again after a reload. ${messageOf(error)}`;
  return element("p", "", text);
}

function badLineItem(bad: BadLine): HTMLElement {
  return element("li", "", describeBadLine(bad));
}
