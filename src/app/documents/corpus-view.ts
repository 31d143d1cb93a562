/** The panel of documents: which corpus is read, making one of files, and looking into it. */
import type { CorpusOptions } from "../../client/connect.ts";
import type { CorpusProgress } from "../../client/protocol.ts";
import type { Document } from "../../terms/document.ts";
import { InputError, isNamed, messageOf } from "../../terms/errors.ts";
import { element, find } from "../dom.ts";
import { keepChoice, keptChoice } from "../storage/kept-choice.ts";
import type { Shelf } from "../storage/page-database.ts";
import { texts } from "../texts/texts.ts";
import { mountBrowseView } from "./browse-view.ts";
import { fetchSample, type ImportedCorpus } from "./corpora.ts";
import { acceptDrops } from "./drop-files.ts";
import { type ReadFiles, readFiles } from "./read-files.ts";

const SAMPLE = "";
/** No file is named so. */
const NONE = "/none";
const PROBLEMS_SHOWN = 20;

export interface CorpusView {
  /** Resolves when the corpus that was chosen last, or the built-in one, is in use; rejects when it cannot be had. */
  readonly ready: Promise<void>;
  /** Whether there are documents to be read. */
  inUse(): boolean;
  onChange(listener: () => void): void;
}

export interface CorpusViewParts {
  /** Hands documents to the worker. */
  readonly use: (documents: readonly Document[], options: CorpusOptions) => Promise<unknown>;
  readonly shelf: Promise<Shelf<ImportedCorpus>>;
  /** Under which the browser keeps the name of what was chosen. */
  readonly key: string;
}

export function mountCorpusView({ use, shelf, key }: CorpusViewParts): CorpusView {
  const picker = find<HTMLSelectElement>("#corpus");
  const file = find<HTMLInputElement>("#import-file");
  const forget = find<HTMLButtonElement>("#forget-corpus");
  const figures = find(".documents-figures");
  /** Not read out: it changes many times a second. */
  const progress = find(".documents-progress");
  const report = find(".import-report");
  const browse = mountBrowseView();
  const listeners: (() => void)[] = [];
  let chosen: string = SAMPLE;
  /** Reading takes time and a person may choose again meanwhile: the last choice counts. */
  let choices = 0;
  /** Ends making a corpus ready that is no longer wanted. */
  let making: AbortController | undefined;
  let sizeInUse = "";

  picker.add(new Option(texts.documents.sample, SAMPLE));
  picker.add(new Option(texts.documents.none, NONE));
  picker.addEventListener("change", () => void choose(picker.value).catch(() => {}));
  find("#import-button").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    await importFiles([...(file.files ?? [])]);
    file.value = ""; // the same file, mended, can be chosen again
  });
  forget.addEventListener("click", () => void forgetChosen());
  acceptDrops((files) => void importFiles(files));

  async function listKept(): Promise<void> {
    const kept = await (await shelf).all();
    for (const { name } of kept.sort((a, b) => a.importedAt - b.importedAt)) addName(name);
  }

  function addName(name: string): void {
    if (![...picker.options].some(({ value }) => value === name)) picker.add(new Option(name, name));
  }

  async function documentsOf(name: string): Promise<readonly Document[]> {
    if (name === SAMPLE) return fetchSample();
    if (name === NONE) return [];
    const kept = await (await shelf).get(name);
    if (kept) return kept.documents;
    throw new InputError(texts.documents.gone(name));
  }

  /** Shows why it failed, then rejects all the same. */
  async function choose(name: string): Promise<void> {
    const choice = ++choices;
    report.replaceChildren();
    try {
      await put(choice, name, await documentsOf(name));
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
      if (choice === choices) showProgress(texts.documents.reading(done, total));
    };
    try {
      await use(documents, { onProgress, signal: making.signal });
    } catch (error) {
      if (choice === choices) showProgress(null);
      throw error;
    }
    chosen = name;
    keepChoice(key, name);
    sizeInUse = name === NONE ? "" : texts.count.document(documents.length);
    showProgress(null);
    browse.show(documents);
    for (const listener of listeners) listener();
  }

  /** `text`: of what is being made ready. Null: what is in use stands there again. */
  function showProgress(text: string | null): void {
    figures.textContent = text === null ? sizeInUse : "";
    progress.textContent = text;
    progress.hidden = text === null;
  }

  /** Whether or not the choice succeeded, the picker names what is in use. */
  function showChosen(choice: number): void {
    if (choice !== choices) return;
    picker.value = chosen;
    forget.hidden = chosen === SAMPLE || chosen === NONE;
  }

  async function importFiles(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    const choice = ++choices;
    const name = nameOf(files);
    report.replaceChildren();
    try {
      const read = await readFiles(files);
      if (choice !== choices) return;
      const { documents } = read;
      if (read.problems.length > 0 || documents.length === 0) report.append(...importReport(name, read));
      if (documents.length === 0) return;
      const corpus = { name, documents, importedAt: Date.now() };
      await (await shelf).put(corpus).catch((error) => report.append(notKept(name, error)));
      addName(name);
      await put(choice, name, documents);
    } catch (error) {
      if (choice !== choices) return;
      report.replaceChildren(element("p", "", `${texts.documents.notImported(name)} ${messageOf(error)}`));
    } finally {
      showChosen(choice);
    }
  }

  async function forgetChosen(): Promise<void> {
    const name = chosen;
    try {
      await (await shelf).delete(name);
      [...picker.options].find(({ value }) => value === name)?.remove();
      picker.focus();
      await choose(SAMPLE);
    } catch (error) {
      report.replaceChildren(element("p", "", messageOf(error)));
    }
  }

  async function begin(): Promise<void> {
    await listKept().catch(() => {}); // that nothing is kept is told where the storage is opened
    await choose(chosenLast()).catch((error) => {
      // Another one was chosen before this one was ready.
      if (!isNamed(error, "AbortError")) throw error;
    });
  }

  /** What was forgotten since is not. */
  function chosenLast(): string {
    const last = keptChoice(key);
    return [...picker.options].some(({ value }) => value === last) ? last! : SAMPLE;
  }

  return {
    ready: begin(),
    inUse: () => chosen !== NONE,
    onChange: (listener) => void listeners.push(listener),
  };
}

/** Files that come together make one corpus. */
function nameOf(files: readonly File[]): string {
  const { name } = files[0]!;
  return files.length === 1 ? name : texts.documents.several(name, files.length - 1);
}

function importReport(name: string, { documents, problems, badLines }: ReadFiles): HTMLElement[] {
  const onlyLines = badLines === problems.length;
  const outcome =
    documents.length === 0
      ? texts.documents.nothingIn(name)
      : onlyLines
        ? texts.documents.withoutLines(name, badLines, documents.length)
        : texts.documents.inPart(name, documents.length);
  const lines = element("ul");
  for (const problem of problems.slice(0, PROBLEMS_SHOWN)) lines.append(element("li", "", problem));
  if (problems.length > PROBLEMS_SHOWN)
    lines.append(element("li", "", texts.documents.more(problems.length - PROBLEMS_SHOWN)));
  return [element("p", "", outcome), lines];
}

function notKept(name: string, error: unknown): HTMLElement {
  return element("p", "", `${texts.documents.notKept(name)} ${messageOf(error)}`);
}
