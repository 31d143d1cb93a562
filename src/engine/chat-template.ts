/**
 * A model's own chat template, rendered to token ids: the only file that imports @huggingface/jinja. The
 * template is rendered around placeholders, and what stands between them is tokenised apart from what people
 * wrote: template text may hold control tokens, contents are plain characters.
 */
import { Template } from "@huggingface/jinja";
import { ModelUnsupportedError, messageOf } from "../terms/errors.ts";
import type { Message } from "./engine.ts";
import type { Tokenizer } from "./tokenizer.ts";

export interface ChatTemplate {
  /** Ids of a conversation, ready for the assistant's turn. Throws ModelUnsupportedError. */
  compose(messages: readonly Message[]): number[];
}

/** Texts that a template may name; absent ones are undefined in it. */
export interface TemplateTokens {
  readonly bos_token?: string;
  readonly eos_token?: string;
  readonly pad_token?: string;
  readonly unk_token?: string;
}

// Private-use characters: no template looks for them, and trimming leaves them alone.
const OPEN = "\uE0F0";
const CLOSE = "\uE0F1";
const PLACEHOLDER = new RegExp(`${OPEN}(\\d+)${CLOSE}`);

export function createChatTemplate(
  source: string,
  tokens: TemplateTokens,
  tokenizer: Tokenizer,
): ChatTemplate {
  const template = orUnsupported("cannot be parsed", () => new Template(source));
  return {
    compose(messages) {
      const placeheld = messages.map(({ role }, i) => ({ role, content: `${OPEN}${i}${CLOSE}` }));
      const rendered = orUnsupported("cannot be rendered", () =>
        template.render({ ...tokens, messages: placeheld, add_generation_prompt: true }),
      );
      // Splitting by a pattern with one group alternates template text and message numbers.
      const parts = rendered.split(PLACEHOLDER);
      const used = parts.filter((_, i) => i % 2 === 1).map(Number);
      if (used.length !== messages.length || used.some((number, i) => number !== i)) {
        throw new ModelUnsupportedError(
          `The model's chat template shows messages [${used.join(", ")}] of ${messages.length}; ` +
            "each must stand in it once and in order. Use a model whose template keeps all messages.",
        );
      }
      return parts.flatMap((part, i) =>
        i % 2 === 0 ? tokenizer.template(part) : tokenizer.plain(messages[Number(part)]!.content),
      );
    },
  };
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
