/** The line in the masthead that says which model is there, how far its loading is, or why it failed. */
import type { LoadProgress, LoadResult } from "../client/protocol.ts";
import { messageOf } from "../terms/errors.ts";
import { find } from "./dom.ts";
import { loadWords } from "./load-words.ts";
import { texts } from "./texts/texts.ts";
import { backendName, megabytes, retrievalName } from "./words.ts";

export interface ModelView {
  progress(progress: LoadProgress): void;
  loaded(result: LoadResult): void;
  failed(error: unknown): void;
  /** Failed in a way that another try would repeat. */
  refused(error: unknown): void;
  died(): void;
}

/** `retry` is called when the person asks for another try after a failure. */
export function mountModelView(retry: () => void): ModelView {
  const view = find("#model");
  const line = find(".model-line", view);
  const bar = find<HTMLProgressElement>(".model-progress", view);
  const again = find<HTMLButtonElement>(".model-retry", view);

  /** Screen readers say the line, but for progress, which they hear of from the progress bar. */
  function show(state: "loading" | "ready" | "failed" | "stopped", text: string): void {
    view.dataset.state = state;
    line.setAttribute("aria-live", state === "loading" ? "off" : "polite");
    line.textContent = text;
    bar.hidden = state !== "loading";
    again.hidden = state !== "failed";
  }

  function failed(error: unknown): void {
    show("failed", `${texts.model.failed} ${messageOf(error)}`);
  }

  const begin = () => show("loading", texts.model.loading);
  again.addEventListener("click", () => {
    begin();
    retry();
  });
  begin();
  return {
    progress(progress) {
      show("loading", loadWords(progress));
      bar.value = progress.progress;
    },
    loaded({ model, backend, retrieval }) {
      const line = texts.model.line(model.name, megabytes(model.weightBytes), backendName(backend));
      show("ready", [line, ...retrievalName(retrieval)].join(", "));
    },
    failed,
    refused(error) {
      failed(error);
      again.hidden = true;
    },
    died: () => show("stopped", texts.model.died),
  };
}
