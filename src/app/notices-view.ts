/** Sentences that a person should read: what went wrong or was done otherwise than asked. Each can be dismissed. */
import { element, find } from "./dom.ts";
import { texts } from "./texts/texts.ts";

export interface NoticesView {
  /** The same sentence stands there once. `action`: what a person can do about it. */
  show(text: string, action?: NoticeAction): void;
}

export interface NoticeAction {
  readonly label: string;
  act(): void;
}

export function mountNoticesView(): NoticesView {
  const list = find("#notices");
  return {
    show(text, action) {
      const shown = [...list.querySelectorAll(".notice-text")].some((line) => line.textContent === text);
      if (shown) return;
      const notice = element("p", "notice");
      const dismiss = element("button", "quiet", texts.notices.dismiss);
      dismiss.type = "button";
      dismiss.addEventListener("click", () => notice.remove());
      notice.append(element("span", "notice-text", text));
      if (action) {
        const button = element("button", "quiet", action.label);
        button.type = "button";
        button.addEventListener("click", () => action.act());
        notice.append(button);
      }
      notice.append(dismiss);
      list.append(notice);
    },
  };
}
