/** The buttons with which a person says something about a log: right, wrong, pin, never use, remove. */
import type { LogMarks } from "../../terms/log.ts";
import { element } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import type { LogBook } from "./log-book.ts";

export interface LogControls {
  readonly root: HTMLElement;
  /** Shows what the book says now; hidden when the log is gone. */
  update(): void;
}

const MARKS = ["right", "wrong", "pin", "never"] as const;
export type LogMark = (typeof MARKS)[number];

interface Toggle {
  readonly is: (marks: LogMarks) => boolean;
  /** `on`: what it becomes. */
  readonly to: (on: boolean) => LogMarks;
}

const verdict = (of: "right" | "wrong"): Toggle => ({
  is: (marks) => marks.verdict === of,
  to: (on) => ({ verdict: on ? of : undefined }) as LogMarks,
});
const TOGGLES: Readonly<Record<LogMark, Toggle>> = {
  right: verdict("right"),
  wrong: verdict("wrong"),
  pin: { is: ({ pinned }) => pinned === true, to: (pinned) => ({ pinned }) },
  never: { is: ({ never }) => never === true, to: (never) => ({ never }) },
};

/** `which`: the marks that are offered. `removable`: also to remove the log. */
export function logControls(
  book: LogBook,
  id: string,
  which: readonly LogMark[] = MARKS,
  removable = true,
): LogControls {
  const root = element("div", "log-controls");
  const toggles = which.map((mark) => {
    const button = quiet(`log-mark log-${mark}`, texts.memory[mark]);
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      void book.mark(id, TOGGLES[mark].to(on));
    });
    return { mark, button };
  });
  const remove = quiet("log-remove", texts.memory.remove);
  remove.addEventListener("click", () => void book.remove([id]));
  const buttons = [...toggles.map(({ button }) => button), ...(removable ? [remove] : [])];
  root.append(...buttons);

  function update(): void {
    const log = book.find(id);
    root.hidden = log === undefined;
    if (!log) return;
    for (const { mark, button } of toggles)
      button.setAttribute("aria-pressed", String(TOGGLES[mark].is(log.marks ?? {})));
    for (const button of buttons)
      button.setAttribute("aria-label", texts.memory.about(button.textContent ?? "", log.question));
  }

  update();
  return { root, update };
}

function quiet(name: string, text: string): HTMLButtonElement {
  const button = element("button", `quiet ${name}`, text);
  button.type = "button";
  return button;
}
