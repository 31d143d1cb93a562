/** An embedder in plain code: how often each letter a–z stands in a text. Its batches can be held back and fail. */
import type { TextEmbedder, TextRole } from "../../src/retrieve/text-embedder.ts";
import { throwIfAborted } from "../../src/terms/errors.ts";

export class LetterEmbedder implements TextEmbedder {
  readonly dimension = 26;
  readonly fingerprint: string;
  /** Texts of each call, what they were, and what could stop it. */
  readonly calls: {
    readonly texts: readonly string[];
    readonly role: TextRole;
    readonly signal?: AbortSignal;
  }[] = [];
  /** Awaited before each call ends. */
  before: (texts: readonly string[]) => Promise<void> = async () => {};

  constructor(fingerprint = "letters") {
    this.fingerprint = fingerprint;
  }

  async embed(texts: readonly string[], role: TextRole, signal?: AbortSignal): Promise<Float32Array> {
    throwIfAborted(signal);
    this.calls.push({ texts, role, ...(signal && { signal }) });
    await this.before(texts);
    const out = new Float32Array(texts.length * this.dimension);
    for (const [row, text] of texts.entries()) {
      for (const letter of text.toLowerCase().match(/[a-z]/g) ?? []) {
        out[row * this.dimension + letter.charCodeAt(0) - 97]! += 1;
      }
    }
    return out;
  }

  get documents(): string[] {
    return this.calls.flatMap(({ texts, role }) => (role === "document" ? texts : []));
  }
}
