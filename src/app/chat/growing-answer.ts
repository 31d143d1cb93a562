/** An answer that is shown as Markdown while it is said: made anew at most once a frame, however fast the tokens come. */
import { markdown } from "./markdown.ts";

export class GrowingAnswer {
  readonly #root: HTMLElement;
  #text = "";
  #asked = false;

  constructor(root: HTMLElement) {
    this.#root = root;
    root.classList.add("prose");
  }

  add(text: string): void {
    this.#text += text;
    this.#root.hidden = false;
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      if (this.#asked) this.#show();
    });
  }

  /** What was said in the end, exactly. */
  set(text: string): void {
    this.#text = text;
    this.#root.hidden = false;
    this.#show();
  }

  #show(): void {
    this.#asked = false;
    this.#root.replaceChildren(markdown(this.#text));
  }
}
