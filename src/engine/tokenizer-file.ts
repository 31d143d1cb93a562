/** `tokenizer.json`, changed where this runtime means something else than the file, or the library does. */

export interface TokenizerFile {
  readonly model: {
    readonly vocab: Record<string, number> | [string, number][];
    readonly unk_token?: string | null;
    readonly ignore_merges?: boolean;
  };
  readonly added_tokens: readonly AddedToken[];
  readonly pre_tokenizer: Component | null;
  readonly normalizer: Component | null;
}

interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
}

interface Component {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Han characters beyond 16 bits, by the ranges of BERT's own tokenizer. */
const RARE_HAN = [
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b820, 0x2ceaf],
  [0x2f800, 0x2fa1f],
]
  .map((range) => range.map((code) => String.fromCodePoint(code)).join("-"))
  .join("");

const replace = (Regex: string, content: string): Component => ({
  type: "Replace",
  pattern: { Regex },
  content,
});

/** The same tokenizer, in components that the library runs as the one that models were trained with does. */
export function mended(file: TokenizerFile): TokenizerFile {
  return {
    ...file,
    normalizer: changed(file.normalizer, (component) => {
      const before: Component[] = [];
      // Alone among letters it is lowered here by what stands around it.
      if (lowers(component)) before.push(replace("Σ", "σ"));
      if (component.type === "BertNormalizer" && component.handle_chinese_chars !== false) {
        before.push(replace(`[${RARE_HAN}]`, " $& "));
      }
      return before.length === 0 ? component : { type: "Sequence", normalizers: [...before, component] };
    }),
    pre_tokenizer: changed(file.pre_tokenizer, (component) => {
      if (component.type !== "Digits") return component;
      // The library knows the ten ASCII digits only.
      const Regex = component.individual_digits === true ? "\\p{N}" : "\\p{N}+";
      return { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false };
    }),
  };
}

/** The same tokenizer, for plain text: knows no control token and puts no space in front of a text. */
export function withoutControlTokens(file: TokenizerFile): TokenizerFile {
  const special = new Set(file.added_tokens.filter((token) => token.special).map((token) => token.content));
  const { unk_token, ignore_merges = false } = file.model;
  // It is looked up by its text where a piece has no token of its own.
  if (typeof unk_token === "string" && !ignore_merges) special.delete(unk_token);
  return {
    ...file,
    added_tokens: file.added_tokens.filter((token) => !token.special),
    model: { ...file.model, vocab: hidden(file.model.vocab, special) },
    pre_tokenizer: changed(file.pre_tokenizer, withoutPrefixSpace),
    normalizer: changed(file.normalizer, withoutPrefixSpace),
  };
}

function lowers({ type, lowercase }: Component): boolean {
  return type === "Lowercase" || (type === "BertNormalizer" && lowercase !== false);
}

/** Control tokens may also stand in the vocabulary itself. Their ids stay; their texts become unwritable. */
function hidden(vocab: TokenizerFile["model"]["vocab"], special: ReadonlySet<string>): typeof vocab {
  const unwritable = (text: string) => (special.has(text) ? `\u{10FFFF}${text}` : text);
  if (Array.isArray(vocab)) return vocab.map(([text, score]): [string, number] => [unwritable(text), score]);
  const copy = { ...vocab };
  for (const text of special) {
    const id = copy[text];
    if (id === undefined) continue;
    delete copy[text];
    copy[unwritable(text)] = id;
  }
  return copy;
}

function withoutPrefixSpace(component: Component): Component | null {
  if (component.type === "Prepend") return null;
  if (component.type === "Metaspace")
    return { ...component, add_prefix_space: false, prepend_scheme: "never" };
  if (component.type === "ByteLevel") return { ...component, add_prefix_space: false };
  return component;
}

/** Every component, those in sequences too, through `change`; null drops it. */
function changed(
  component: Component | null,
  change: (component: Component) => Component | null,
): Component | null {
  if (component === null) return null;
  if (component.type !== "Sequence") return change(component);
  const key = "pretokenizers" in component ? "pretokenizers" : "normalizers";
  const parts = (component[key] as Component[]).map((part) => changed(part, change));
  return { ...component, [key]: parts.filter((part) => part !== null) };
}
