/** How far a download is, in bytes, and the button that stops it. */
import type { DownloadProgress } from "../../hub/download-model.ts";
import { find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import { megabytes } from "../words.ts";

export interface Downloading {
  readonly signal: AbortSignal;
  onProgress(progress: DownloadProgress): void;
  end(): void;
}

export function mountDownloadView(panel: HTMLElement): { begin(): Downloading } {
  const view = find(".model-download", panel);
  const bar = find<HTMLProgressElement>("progress", view);
  const text = find(".download-text", view);
  const stop = find<HTMLButtonElement>(".download-stop", view);
  return {
    begin() {
      const control = new AbortController();
      stop.onclick = () => control.abort();
      text.textContent = texts.models.beginning;
      bar.value = 0;
      view.hidden = false;
      stop.focus();
      return {
        signal: control.signal,
        onProgress({ phase, file, fileLoaded, fileTotal, loaded, total }) {
          bar.value = total > 0 ? loaded / total : 0;
          const [all, whole] = [megabytes(loaded), megabytes(total)];
          text.textContent =
            phase === "verify"
              ? texts.models.checking(all, whole, file)
              : texts.models.fetching(all, whole, file, megabytes(fileLoaded), megabytes(fileTotal));
        },
        end() {
          view.hidden = true;
        },
      };
    },
  };
}
