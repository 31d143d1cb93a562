/** The question box: Enter asks; beside it stand the mode and whether the question is asked without memory too. */
import type { Task } from "../../runtime/events.ts";
import { PLACEMENTS, RECORDINGS, type Recording } from "../../terms/layout.ts";
import { allows, MODES, type Mode, textInstead, unitOf } from "../../terms/log.ts";
import { element, find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import type { WorkView } from "./work-view.ts";

/** What a person asks, and how. */
export interface Asked {
  readonly task: Task;
  /** Whether it is asked without memory too, for comparison. */
  readonly compare: boolean;
  /** False: this one question is asked without memory, and leaves none. */
  readonly memory: boolean;
}

export interface AskView {
  /** Asks as if the question had been typed. Does nothing while another runs. */
  submit(question: string): void;
  /** Modes that the model was trained for, when it says so: others are marked. */
  setTrainedModes(modes: readonly Mode[] | undefined): void;
  /** Why the model's rows cannot be carried, or undefined: then modes of rows, and live rows, cannot be chosen. */
  setNoRows(why: string | undefined): void;
  /** Puts a question into the box that takes the place of one that was asked. */
  edit(question: string): void;
  /** Shows again what the switches outside of the box say. */
  refresh(): void;
}

export interface AskViewParts {
  readonly work: WorkView;
  /** Solves one question; it reports failures itself and never rejects. */
  readonly ask: (asked: Asked, signal: AbortSignal) => Promise<void>;
  /** Whether memory is used as far as this question does not say otherwise. */
  readonly remembers: () => boolean;
  /** Sentences that belong under the box now. */
  readonly hints: () => readonly string[];
  /** An edit was given up. */
  readonly onEditEnd: () => void;
}

export function mountAskView({ work, ask, remembers, hints, onEditEnd }: AskViewParts): AskView {
  const form = find<HTMLFormElement & HTMLElement>("#ask");
  const box = find<HTMLTextAreaElement>("#question");
  const compare = find<HTMLInputElement>("#compare");
  const without = find<HTMLInputElement>("#memory-once");
  const editing = find("#editing");

  let trained: readonly Mode[] | undefined;
  let noRows: string | undefined;

  const chosen = <T extends string>(name: string, known: readonly T[]): T =>
    known.find((one) => one === new FormData(form).get(name)) ?? known[0]!;
  const recordingInput = (name: Recording) =>
    find<HTMLInputElement>(`input[name=recording][value=${name}]`, form);
  const how = () => ({
    mode: chosen("mode", MODES),
    placement: chosen("placement", PLACEMENTS),
    recording: chosen("recording", RECORDINGS),
  });
  const showChoice = () => {
    const { mode, placement } = how();
    for (const known of RECORDINGS) {
      const live = known === "live" && noRows !== undefined;
      recordingInput(known).disabled = live || !allows(mode, known);
    }
    // What the mode does not allow is not chosen.
    if (form.querySelector("input[name=recording]:checked:disabled"))
      recordingInput("re-encode").checked = true;
    const { recording } = how();
    find("#mode-hint").textContent = [
      texts.ask.modes[mode],
      trained?.includes(mode) === false ? texts.ask.untrained : "",
      noRows === undefined ? "" : texts.ask.noRows(noRows),
      texts.ask.layouts[placement],
      texts.ask.layouts[recording],
    ]
      .filter(Boolean)
      .join(" ");
    const memory = remembers() && !without.checked;
    without.disabled = !remembers();
    compare.disabled = mode === "none" || !memory; // there is nothing to compare with
    const lines = [...(memory ? [] : [texts.memory.hintOff]), ...hints()];
    find("#ask-hints").replaceChildren(...lines.map((line) => element("p", "hint", line)));
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
    const asked = {
      task: { question, ...how() },
      compare: compare.checked && !compare.disabled,
      memory: !without.checked,
    };
    without.checked = false;
    editing.hidden = true;
    box.value = "";
    growToFit();
    showChoice();
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
  find(".editing-cancel", editing).addEventListener("click", () => {
    editing.hidden = true;
    box.value = "";
    growToFit();
    onEditEnd();
    box.focus();
  });

  return {
    refresh: showChoice,
    edit(question) {
      editing.hidden = false;
      box.value = question;
      growToFit();
      box.focus();
    },
    setNoRows(why) {
      noRows = why;
      const { mode } = how();
      for (const known of MODES) {
        find<HTMLInputElement>(`input[name=mode][value=${known}]`, form).disabled =
          why !== undefined && unitOf(known) === "row";
      }
      const instead = why === undefined ? mode : textInstead(mode);
      find<HTMLInputElement>(`input[name=mode][value=${instead}]`, form).checked = true;
      showChoice();
    },
    setTrainedModes(modes) {
      trained = modes;
      showChoice();
    },
    submit(question) {
      if (work.busy) return;
      box.value = question;
      box.focus();
      run();
    },
  };
}
