/** What runs, one piece of work at a time, whoever began it: Stop or Escape ends it. Stop stands in the place of Ask. */
import { find } from "../dom.ts";

export interface WorkView {
  /** Runs `work`, whose signal Stop aborts; it must not reject. Does nothing while other work runs. */
  begin(work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  readonly busy: boolean;
}

export function mountWorkView(): WorkView {
  const askButton = find<HTMLButtonElement>("#ask-button");
  const stopButton = find<HTMLButtonElement>("#stop-button");
  let running: AbortController | undefined;

  /** A button that is hidden, or taken away by what it began, would drop the focus to the page. */
  function show(busy: boolean): void {
    const focused = document.activeElement;
    askButton.hidden = busy;
    stopButton.hidden = !busy;
    if (busy && focused instanceof HTMLButtonElement) stopButton.focus();
    if (!busy && focused === stopButton) find("#question").focus();
  }

  const stop = () => running?.abort();
  stopButton.addEventListener("click", stop);
  document.addEventListener("keydown", (event) => {
    // The first Escape closes a list of choices, or drops an input method's word.
    const meantElsewhere =
      event.defaultPrevented || event.isComposing || event.target instanceof HTMLSelectElement;
    if (event.key === "Escape" && !meantElsewhere) stop();
  });

  return {
    async begin(work) {
      if (running) return;
      running = new AbortController();
      show(true);
      try {
        await work(running.signal);
      } finally {
        running = undefined;
        show(false);
      }
    },
    get busy() {
      return running !== undefined;
    },
  };
}
