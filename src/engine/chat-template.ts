/**
 * A model's own chat template, rendered to token ids: the only file that imports @huggingface/jinja. The
 * template is rendered around placeholders, and what stands between them is tokenised apart from what people
 * wrote: template text may hold control tokens, contents are plain characters.
 */
import { Template } from "@huggingface/jinja";
import { isNamed, ModelUnsupportedError, messageOf } from "../terms/errors.ts";
import type { Message } from "./engine.ts";
import { opensThoughts } from "./thoughts.ts";
import type { Tokenizer } from "./tokenizer.ts";

export interface ChatTemplate {
  /**
   * Ids of a conversation, ready for the assistant's turn. For a template that knows no system message, or wants
   * turns to alternate, it is joined to the message behind it, as are messages of one role. Throws
   * ModelUnsupportedError.
   */
  compose(messages: readonly Message[], options?: ComposeOptions): number[];
  /** Control tokens that the template puts behind what the assistant said. */
  readonly endIds: readonly number[];
  /** Whether the model thinks before it speaks, as far as its template says: when it is let, or in any case. */
  readonly thinking: "optional" | "always" | undefined;
}

export interface ComposeOptions {
  /** False: the model is told not to think. Default: what the template does by itself. */
  readonly thinking?: boolean;
}

/** Texts that a template may name; absent ones are undefined in it. */
export interface TemplateTokens {
  readonly bos_token?: string;
  readonly eos_token?: string;
  readonly pad_token?: string;
  readonly unk_token?: string;
}

/** Text of the template, and of the messages, in turn. */
type Part = { readonly template: string } | { readonly content: string };

// Private-use characters: no template looks for them. Whether trimming takes the blanks tells whether it trims.
const OPEN = "\uE0F0";
const CLOSE = "\uE0F1";
const BLANK = "\u2003";
const PLACEHOLDER = new RegExp(`(${BLANK}?)${OPEN}(\\d+)${CLOSE}(${BLANK}?)`);
const GROUPS = 3;

const QUESTION: Message = { role: "user", content: "?" };

export function createChatTemplate(
  source: string,
  tokens: TemplateTokens,
  tokenizer: Tokenizer,
): ChatTemplate {
  const template = orUnsupported("cannot be parsed", () => new Template(source));

  function render(messages: readonly Message[], variables: Readonly<Record<string, unknown>>): Part[] {
    const placeheld = messages.map(({ role }, i) => ({
      role,
      content: `${BLANK}${OPEN}${i}${CLOSE}${BLANK}`,
    }));
    const rendered = orUnsupported("cannot be rendered", () =>
      template.render({ ...tokens, messages: placeheld, ...variables }),
    );
    const pieces = rendered.split(PLACEHOLDER);
    const parts: Part[] = [];
    const used: number[] = [];
    for (let at = 0; at < pieces.length; at += GROUPS + 1) {
      const [text, before, number, behind] = pieces.slice(at, at + GROUPS + 1);
      parts.push({ template: text! });
      if (number === undefined) continue;
      used.push(Number(number));
      const { content } = messages[Number(number)]!;
      const trimmed = before === "" ? content.trimStart() : content;
      parts.push({ content: behind === "" ? trimmed.trimEnd() : trimmed });
    }
    if (used.length !== messages.length || used.some((number, i) => number !== i)) {
      throw new ModelUnsupportedError(
        `The model's chat template shows messages [${used.join(", ")}] of ${messages.length}; ` +
          "each must stand in it once and in order. Use a model whose template keeps all messages.",
      );
    }
    return parts;
  }

  /** What the template writes behind the last message. */
  function endOf(messages: readonly Message[], variables: Readonly<Record<string, unknown>>): string {
    try {
      const last = render(messages, variables).at(-1)!;
      return "template" in last ? last.template : "";
    } catch (error) {
      if (isNamed(error, "ModelUnsupportedError")) return ""; // who composes with it hears of it
      throw error;
    }
  }

  return {
    compose(messages, { thinking } = {}) {
      const variables = { add_generation_prompt: true, ...thinkingVariables(thinking) };
      const parts = orJoined(messages, (given) => render(given, variables));
      return parts.flatMap((part) =>
        "template" in part ? tokenizer.template(part.template) : tokenizer.plain(part.content),
      );
    },
    get endIds() {
      const answered = endOf([QUESTION, { role: "assistant", content: "!" }], {});
      const end = tokenizer.template(answered).find(tokenizer.isControl);
      return end === undefined ? [] : [end];
    },
    get thinking() {
      const [on, off] = [true, false].map((thinking) =>
        endOf([QUESTION], { add_generation_prompt: true, ...thinkingVariables(thinking) }),
      );
      if (on !== off) return "optional";
      return opensThoughts(on!) ? "always" : undefined;
    },
  };
}

/** The names by which templates ask for it. */
function thinkingVariables(thinking: boolean | undefined): Readonly<Record<string, boolean>> {
  return thinking === undefined ? {} : { enable_thinking: thinking, thinking };
}

/** The work on the messages as they are; where the template refuses them, on as few as hold the same text. */
function orJoined<T>(messages: readonly Message[], work: (messages: readonly Message[]) => T): T {
  try {
    return work(messages);
  } catch (error) {
    const joined = join(messages);
    if (joined.length === messages.length) throw error;
    return work(joined);
  }
}

/** A system message becomes the beginning of the user's next one; neighbours of one role become one message. */
function join(messages: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const { role, content } of messages) {
    const last = joined.at(-1);
    const same = role === "system" ? "user" : role;
    if (last?.role !== same) joined.push({ role: same, content });
    else joined[joined.length - 1] = { role: same, content: `${last.content}\n\n${content}` };
  }
  return joined;
}

function orUnsupported<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ModelUnsupportedError(
      `The model's chat template ${what}: ${messageOf(error)}. Use a model whose template follows Hugging Face's rules.`,
    );
  }
}
