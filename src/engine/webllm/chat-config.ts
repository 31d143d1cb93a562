/** Reads `mlc-chat-config.json`: what a WebLLM model says about itself. Fields that decide nothing here are left alone. */
import { ModelFileError } from "../../terms/errors.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface WebLlmChatConfig {
  readonly modelType: string;
  /** As in "q4f16_1": how weights are stored, and behind the f in how many bits is computed. */
  readonly quantization: string;
  readonly vocabSize: number;
  /** What the model was made of; names differ from one kind of model to the other. */
  readonly model: Fields;
  readonly tokenizerFiles: readonly string[];
  readonly conversation: ConversationFields;
}

/** `conv_template`: the text around messages. */
export interface ConversationFields {
  /** Has `{system_message}` in it. */
  readonly systemTemplate: string;
  readonly systemMessage: string;
  /** Token ids in front of all. */
  readonly prefixIds: readonly number[];
  /** Text of a role, in front of its message. */
  readonly roles: Readonly<Record<"user" | "assistant", string>>;
  /** Around a message: has `{user_message}` or `{assistant_message}` in it. */
  readonly roleTemplates: Readonly<Record<"user" | "assistant", string>>;
  /** Behind messages, in turn. */
  readonly separators: readonly string[];
  /** Between a role and its message. */
  readonly roleSeparator: string;
  /** Behind the role whose message is to be written. */
  readonly openSeparator: string;
  /** Whether the first message has its role in front of it when a system prompt stands before. */
  readonly roleBehindSystem: boolean;
  readonly stopIds: readonly number[];
  /** Texts that end a turn: most are control tokens, some, as "[INST]" of Llama 2, are none. */
  readonly stopTexts: readonly string[];
}

/** `fields` is the parsed file. Throws ModelFileError that names the field at fault. */
export function readChatConfig(fields: Fields): WebLlmChatConfig {
  const template = object(fields.conv_template, "conv_template");
  const roles = object(template.roles, "conv_template.roles");
  const roleTemplates = object(template.role_templates ?? {}, "conv_template.role_templates");
  const optional = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);
  return {
    modelType: optional(fields.model_type, "(no model_type)"),
    quantization: optional(fields.quantization, ""),
    vocabSize: positive(fields.vocab_size, "vocab_size"),
    model: object(fields.model_config ?? {}, "model_config"),
    tokenizerFiles: list(fields.tokenizer_files, "tokenizer_files", (item) => typeof item === "string"),
    conversation: {
      systemTemplate: text(template.system_template, "conv_template.system_template"),
      systemMessage: optional(template.system_message, ""),
      prefixIds: list(template.system_prefix_token_ids ?? [], "conv_template.system_prefix_token_ids", isId),
      roles: {
        user: text(roles.user, "conv_template.roles.user"),
        assistant: text(roles.assistant, "conv_template.roles.assistant"),
      },
      roleTemplates: {
        user: optional(roleTemplates.user, "{user_message}"),
        assistant: optional(roleTemplates.assistant, "{assistant_message}"),
      },
      separators: list<string>(template.seps, "conv_template.seps", (item) => typeof item === "string"),
      roleSeparator: optional(template.role_content_sep, ": "),
      openSeparator: optional(template.role_empty_sep, ": "),
      roleBehindSystem: template.add_role_after_system_message !== false,
      stopIds: list(template.stop_token_ids ?? [], "conv_template.stop_token_ids", isId),
      stopTexts: list(template.stop_str ?? [], "conv_template.stop_str", (item) => typeof item === "string"),
    },
  };
}

function isId(value: unknown): boolean {
  return Number.isInteger(value);
}

function object(value: unknown, field: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Fields;
  throw wrong(field, value, "an object");
}

function text(value: unknown, field: string): string {
  if (typeof value === "string") return value;
  throw wrong(field, value, "text");
}

function positive(value: unknown, field: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw wrong(field, value, "a whole number above 0");
}

function list<T>(value: unknown, field: string, fits: (item: unknown) => boolean): readonly T[] {
  if (Array.isArray(value) && value.every(fits)) return value as T[];
  throw wrong(field, value, "a list");
}

function wrong(field: string, value: unknown, expected: string): ModelFileError {
  return new ModelFileError(
    `mlc-chat-config.json: ${field} is ${JSON.stringify(value) ?? "missing"}, expected ${expected}. ` +
      "Download the model again.",
  );
}
