/** The question box: Enter asks, the mode is chosen beside it, Stop or Escape ends what runs. One question at a time. */
import { MODES, type Mode } from "../terms/log.ts";
import { find } from "./dom.ts";

const HINTS: Readonly<Record<Mode, string>> = {
  none: "Documents only. The log is kept all the same.",
  "text-last": "The last responses of similar logs, as text, read again by the model.",
  "text-all": "All responses of similar logs, as text, read again by the model.",
  kv: "The key/value rows of similar logs, as the model left them.",
  "kv-last-action": "The key/value rows of what similar logs answered or asked for last.",
  "kv-all": "The key/value rows of all responses of similar logs.",
  "kv-isolated": "The key/value rows of the last responses, which have not seen the responses before.",
};

export interface AskView {
  /** Asks as if the question had been typed. Does nothing while another runs. */
  submit(question: string): void;
}

/** `ask` solves one question; it reports failures itself and never rejects. */
export function mountAskView(
  ask: (question: string, mode: Mode, signal: AbortSignal) => Promise<void>,
): AskView {
  const form = find<HTMLFormElement & HTMLElement>("#ask");
  const box = find<HTMLTextAreaElement>("#question");
  const askButton = find<HTMLButtonElement>("#ask-button");
  const stopButton = find<HTMLButtonElement>("#stop-button");
  let running: AbortController | undefined;

  const mode = (): Mode => MODES.find((known) => known === new FormData(form).get("mode")) ?? "kv";
  const showHint = () => {
    find("#mode-hint").textContent = HINTS[mode()];
  };
  const growToFit = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };

  async function run(): Promise<void> {
    const question = box.value.trim();
    if (question === "" || running) return box.focus();
    running = new AbortController();
    box.value = "";
    growToFit();
    showRunning(true);
    try {
      await ask(question, mode(), running.signal);
    } finally {
      running = undefined;
      showRunning(false);
    }
  }

  function showRunning(is: boolean): void {
    const focusWasThere = document.activeElement === stopButton || document.activeElement === askButton;
    askButton.hidden = is;
    stopButton.hidden = !is;
    if (focusWasThere) (is ? stopButton : box).focus(); // a hidden button would drop the focus to the page
  }

  const stop = () => running?.abort();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void run();
  });
  form.addEventListener("change", showHint);
  box.addEventListener("input", growToFit);
  box.addEventListener("keydown", (event) => {
    // isComposing: Enter that ends an input method's word is not meant for us.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    void run();
  });
  document.addEventListener("keydown", (event) => {
    // The first Escape closes a list of choices, or drops an input method's word.
    const meantElsewhere =
      event.defaultPrevented || event.isComposing || event.target instanceof HTMLSelectElement;
    if (event.key === "Escape" && !meantElsewhere) stop();
  });
  stopButton.addEventListener("click", stop);
  showHint();

  return {
    submit(question) {
      if (running) return;
      box.value = question;
      box.focus();
      void run();
    },
  };
}
