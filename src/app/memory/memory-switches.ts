/** Whether memory is used at all, and in the open conversation. What applies to all is kept by the browser. */
import { find } from "../dom.ts";
import { keepChoice, keptChoice } from "../storage/kept-choice.ts";

export interface MemorySwitches {
  readonly all: boolean;
  /** Of the conversation that is open. */
  conversation: boolean;
  onChange(listener: () => void): void;
}

export function mountMemorySwitches(key = "web-lag-memory"): MemorySwitches {
  const all = find<HTMLInputElement>("#memory-all");
  const conversation = find<HTMLInputElement>("#memory-conversation");
  const listeners: (() => void)[] = [];
  const tell = () => {
    for (const listener of listeners) listener();
  };
  all.checked = keptChoice(key) !== "off";
  all.addEventListener("change", () => {
    keepChoice(key, all.checked ? "on" : "off");
    tell();
  });
  conversation.addEventListener("change", tell);
  addEventListener("storage", (event) => {
    if (event.key !== key) return;
    all.checked = event.newValue !== "off";
    tell();
  });
  return {
    get all() {
      return all.checked;
    },
    get conversation() {
      return conversation.checked;
    },
    set conversation(on) {
      conversation.checked = on;
      tell();
    },
    onChange: (listener) => void listeners.push(listener),
  };
}
