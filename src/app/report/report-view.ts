/** The view of the report: an evaluation is set, run, stopped and gone on with; its tables and curves are shown and saved. */
import type { Progress } from "../../evaluation/ask-passes.ts";
import { timeLeft } from "../../evaluation/time-left.ts";
import { isNamed, messageOf } from "../../terms/errors.ts";
import { MODES } from "../../terms/log.ts";
import { clone, find } from "../dom.ts";
import type { PageOptions } from "../options.ts";
import { reportTexts as texts } from "../texts/report-texts.ts";
import { roughly } from "../words.ts";
import { evaluateHere } from "./evaluate-here.ts";
import { openKeptEntries } from "./kept-entries.ts";
import { readForm } from "./report-form.ts";
import { mountResultView } from "./result-view.ts";
import { readReport } from "./saved-report.ts";

const CHOSEN_AT_FIRST: readonly string[] = ["none", "text-last", "kv"];

/** Rejects when nothing can be kept. */
export async function mountReportView(options: PageOptions): Promise<void> {
  const view = find("#report");
  const form = find<HTMLFormElement & HTMLElement>("#evaluation");
  const runButton = find<HTMLButtonElement>(".primary", form);
  const stopButton = find<HTMLButtonElement>(".stop", form);
  const openButton = find<HTMLButtonElement>(".open-report", form);
  const openFile = find<HTMLInputElement>(".open-report-file", form);
  const progress = find(".report-progress", view);
  const bar = find<HTMLProgressElement>("progress", progress);
  const status = find(".report-progress-text", progress);
  const message = find(".report-message", view);
  const forget = find<HTMLButtonElement>(".report-forget", view);
  const result = mountResultView();
  const store = await openKeptEntries();
  let running: AbortController | undefined;

  find(".mode-choices", form).append(
    ...MODES.map((mode) => {
      const choice = clone("mode-choice-template");
      const box = find<HTMLInputElement>("input", choice);
      box.value = mode;
      box.checked = CHOSEN_AT_FIRST.includes(mode);
      find("span", choice).textContent = mode;
      return choice;
    }),
  );

  async function run(): Promise<void> {
    if (running) return;
    message.textContent = "";
    running = new AbortController();
    let endsAt: HTMLElement = runButton;
    showRunning(true);
    try {
      const kept = store.run();
      const report = await evaluateHere({
        wanted: readForm(new FormData(form)),
        options,
        store: kept,
        onStatus: say,
        onProgress: progressShown(),
        signal: running.signal,
      });
      result.show(report, kept.lines);
      endsAt = result.heading;
    } catch (error) {
      message.textContent = isNamed(error, "AbortError") ? texts.stopped : messageOf(error);
    } finally {
      running = undefined;
      const watched = document.activeElement === stopButton;
      showRunning(false);
      if (watched) endsAt.focus();
      await showKept();
    }
  }

  function say(text: string): void {
    status.textContent = text;
  }

  function progressShown(): (progress: Progress) => void {
    const left = timeLeft();
    return ({ label, done, total, all }) => {
      const parts = [texts.progress.pass(label, done, total)];
      if (all) {
        const milliseconds = left(all.done, all.total);
        parts.push(texts.progress.tasks(all.done, all.total));
        if (all.kept > 0) parts.push(texts.progress.kept(all.kept));
        if (milliseconds !== null) parts.push(texts.progress.left(roughly(milliseconds)));
        bar.value = all.total > 0 ? all.done / all.total : 1;
      }
      say(parts.join(" · "));
    };
  }

  function showRunning(is: boolean): void {
    const began = is && document.activeElement === runButton;
    runButton.hidden = is;
    stopButton.hidden = !is;
    openButton.disabled = is;
    forget.disabled = is;
    progress.hidden = !is;
    bar.value = 0;
    if (began) stopButton.focus();
  }

  async function showKept(): Promise<void> {
    const kept = await store.count();
    find(".report-kept-text", view).textContent = kept > 0 ? texts.kept(kept) : "";
    forget.hidden = kept === 0;
  }

  async function open(file: File): Promise<void> {
    message.textContent = "";
    try {
      result.show(readReport(await file.text(), file.name), null);
      result.heading.focus();
    } catch (error) {
      message.textContent = messageOf(error);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });
  stopButton.addEventListener("click", () => running?.abort());
  openButton.addEventListener("click", () => openFile.click());
  openFile.addEventListener("change", () => {
    const [file] = openFile.files ?? [];
    if (file) void open(file);
    openFile.value = "";
  });
  forget.addEventListener("click", async () => {
    await store.deleteAll();
    await showKept();
    runButton.focus();
  });
  await showKept();
}
