/** What ends a turn of a model, by all files of its folder that say something of it. */
import type { ChatTemplate } from "./chat-template.ts";
import { idsOf } from "./model-config.ts";
import type { ModelFolder } from "./model-folder.ts";
import type { Tokenizer } from "./tokenizer.ts";

export interface TurnEnds {
  readonly endIds: readonly number[];
  /** Texts that are no tokens. */
  readonly turnEnds: readonly string[];
}

type Files = Pick<ModelFolder, "config" | "generationConfig" | "tokenizerConfig">;

export function turnEndsOf(
  { config, generationConfig, tokenizerConfig }: Files,
  tokenizer: Pick<Tokenizer, "idOf">,
  template: Pick<ChatTemplate, "endIds">,
): TurnEnds {
  const text = tokenText(tokenizerConfig.eos_token);
  const ids = [
    ...config.endIds,
    ...idsOf(generationConfig.eos_token_id),
    ...idsOf(text === undefined ? undefined : tokenizer.idOf(text)),
    ...template.endIds,
  ];
  const texts = [generationConfig.stop_strings ?? []].flat();
  return {
    endIds: [...new Set(ids)],
    turnEnds: texts.filter((end): end is string => typeof end === "string"),
  };
}

/** A token is written as its text, or as an object around it. */
export function tokenText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const content = (value as { content?: unknown } | null | undefined)?.content;
  return typeof content === "string" ? content : undefined;
}
