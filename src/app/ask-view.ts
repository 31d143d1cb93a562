/** The question box: Enter asks; beside it stand the mode and whether the question is asked without memory too. */
import type { Task } from "../runtime/events.ts";
import { MODES, type Mode } from "../terms/log.ts";
import { find } from "./dom.ts";
import type { WorkView } from "./work-view.ts";

const HINTS: Readonly<Record<Mode, string>> = {
  none: "Documents only. The log is kept all the same.",
  "text-last": "The last responses of similar logs, as text, read again by the model.",
  "text-all": "All responses of similar logs, as text, read again by the model.",
  kv: "The key/value rows of similar logs, as the model left them.",
  "kv-last-action": "The key/value rows of what similar logs answered or asked for last.",
  "kv-all": "The key/value rows of all responses of similar logs.",
  "kv-isolated": "The key/value rows of the last responses, which have not seen the responses before.",
  reflection: "A cheat sheet that the model writes of similar logs before each step.",
};

/** What a person asks, and how. */
export interface Asked {
  readonly task: Task;
  /** Whether it is asked without memory too, for comparison. */
  readonly compare: boolean;
}

export interface AskView {
  /** Asks as if the question had been typed. Does nothing while another runs. */
  submit(question: string): void;
}

/** `ask` solves one question; it reports failures itself and never rejects. */
export function mountAskView(
  work: WorkView,
  ask: (asked: Asked, signal: AbortSignal) => Promise<void>,
): AskView {
  const form = find<HTMLFormElement & HTMLElement>("#ask");
  const box = find<HTMLTextAreaElement>("#question");
  const compare = find<HTMLInputElement>("#compare");

  const mode = (): Mode => MODES.find((known) => known === new FormData(form).get("mode")) ?? "kv";
  const showChoice = () => {
    find("#mode-hint").textContent = HINTS[mode()];
    compare.disabled = mode() === "none"; // there is nothing to compare with
  };
  const growToFit = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  };

  function run(): void {
    const question = box.value.trim();
    if (question === "" || work.busy) {
      box.focus();
      return;
    }
    const asked = { task: { question, mode: mode() }, compare: compare.checked && !compare.disabled };
    box.value = "";
    growToFit();
    void work.begin((signal) => ask(asked, signal));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  form.addEventListener("change", showChoice);
  box.addEventListener("input", growToFit);
  box.addEventListener("keydown", (event) => {
    // isComposing: Enter that ends an input method's word is not meant for us.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    run();
  });
  showChoice();

  return {
    submit(question) {
      if (work.busy) return;
      box.value = question;
      box.focus();
      run();
    },
  };
}
