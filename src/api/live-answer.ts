/** The answer of a `chat` task while it is said: what is certain of it, at once. */

export class LiveAnswer {
  #sent = "";
  #held = "";

  /** More of the response. Returns what can be shown: a blank at its end waits, and so does all behind a "<". */
  add(text: string): string {
    this.#held += text;
    if (this.#sent === "") this.#held = this.#held.trimStart();
    const tag = this.#held.indexOf("<");
    const certain = (tag < 0 ? this.#held : this.#held.slice(0, tag)).trimEnd();
    this.#held = this.#held.slice(certain.length);
    this.#sent += certain;
    return certain;
  }

  /** The answer is known. Returns what is missing: all of it, in a paragraph of its own, where a tag made it another. */
  end(answer: string): string {
    return answer.startsWith(this.#sent) ? answer.slice(this.#sent.length) : `\n\n${answer}`;
  }
}
