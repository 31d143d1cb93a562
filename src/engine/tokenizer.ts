/**
 * Text to ids and back: the only file that imports @huggingface/tokenizers. Plain text and templates are two
 * different things here, so that a document that contains `<|end_of_turn|>` can never end a turn.
 */
import { Tokenizer as HfTokenizer } from "@huggingface/tokenizers";
import { ModelFileError, messageOf } from "../terms/errors.ts";
import { mended, type TokenizerFile, withoutControlTokens } from "./tokenizer-file.ts";

export interface Tokenizer {
  /** Ids of plain text. Control tokens stay characters; nothing is added in front or behind. */
  plain(text: string): number[];
  /** Ids of a piece of a chat template, in which control tokens are meant. */
  template(text: string): number[];
  /** Text of ids without control tokens. A character that is not whole yet ends in U+FFFD. */
  decode(ids: readonly number[]): string;
  /** Id of a control token or of an ordinary one by its text. */
  idOf(token: string): number | undefined;
  isControl(id: number): boolean;
}

/**
 * Text → at most `most` ids as the folder's own pipeline gives them, its frame (`[CLS]` … `[SEP]`) included: what
 * encoders were trained on. A longer text loses its end, never the frame. Control tokens in a text stay control
 * tokens here, as in training: nothing that an encoder reads can end a turn.
 */
export type FramedTokenizer = (text: string, most: number) => number[];

/** `file` and `config` are the parsed `tokenizer.json` and `tokenizer_config.json`. Throws ModelFileError. */
export function createTokenizer(file: unknown, config: unknown): Tokenizer {
  const { whole, characters, control } = usable(() => {
    const parsed = mended(file as TokenizerFile);
    return {
      control: new Set(parsed.added_tokens.filter((token) => token.special).map((token) => token.id)),
      whole: new HfTokenizer(parsed, config as object),
      characters: new HfTokenizer(withoutControlTokens(parsed), config as object),
    };
  });
  const encode = (tokenizer: HfTokenizer, text: string): number[] =>
    text === "" ? [] : tokenizer.encode(text, { add_special_tokens: false }).ids;
  return {
    plain: (text) => encode(characters, text),
    template: (text) => encode(whole, text),
    decode(ids) {
      const words = ids.filter((id) => !control.has(id));
      // The library would "tidy" spaces before punctuation, and so change what was said.
      return words.length === 0 ? "" : whole.decode(words, { clean_up_tokenization_spaces: false });
    },
    idOf: (token) => whole.token_to_id(token),
    isControl: (id) => control.has(id),
  };
}

/** Of the same two files. Throws ModelFileError. */
export function createFramedTokenizer(file: unknown, config: unknown): FramedTokenizer {
  const tokenizer = usable(() => new HfTokenizer(mended(file as TokenizerFile), config as object));
  return (text, most) => {
    const framed = tokenizer.encode(text, { add_special_tokens: true }).ids;
    if (framed.length <= most) return framed;
    const bare = tokenizer.encode(text, { add_special_tokens: false }).ids;
    const room = Math.max(0, most - (framed.length - bare.length));
    const start = framed.findIndex((_, at) => bare.every((id, i) => framed[at + i] === id));
    return [...framed.slice(0, start), ...bare.slice(0, room), ...framed.slice(start + bare.length)];
  };
}

function usable<T>(open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw new ModelFileError(
      `tokenizer.json or tokenizer_config.json cannot be used (${messageOf(error)}). Download the model folder again.`,
    );
  }
}
