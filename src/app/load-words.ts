/** How far the loading of a model is, in the page's language, whatever the worker says. */
import type { LoadProgress } from "../client/protocol.ts";
import { texts } from "./texts/texts.ts";
import { megabytes } from "./words.ts";

/** WebLLM names no files, and says in words of its own what it fetches: those stand as they are. */
export function loadWords({ phase, file, loaded, total, text }: LoadProgress): string {
  switch (phase) {
    case "download":
    case "fetch":
    case "embedder": {
      const said = file === undefined ? text : texts.loading[phase](file);
      const size = total > 0 ? ` ${texts.model.part(megabytes(loaded), megabytes(total))}` : "";
      return `${said}${size}`;
    }
    case "compile":
    case "self-test":
    case "ready":
      return texts.loading[phase];
  }
}
