/**
 * The template of a WebLLM model, `conv_template`, rendered to token ids as that library renders it, with one
 * difference: what people wrote is tokenised apart from the text around it, so that it can hold no control token.
 */
import { ModelUnsupportedError } from "../../terms/errors.ts";
import type { ChatTemplate } from "../chat-template.ts";
import type { Message } from "../engine.ts";
import type { Tokenizer } from "../tokenizer.ts";
import type { ConversationFields } from "./chat-config.ts";

const THOUGHT_OPEN = "<think>";
const NO_THOUGHTS = "<think>\n\n</think>\n\n";

interface Part {
  readonly text: string;
  /** Whether people wrote it. */
  readonly plain: boolean;
}

export function createConversationTemplate(
  fields: ConversationFields,
  tokenizer: Pick<Tokenizer, "plain" | "template" | "idOf">,
): Pick<ChatTemplate, "compose"> {
  return {
    compose(messages, { thinking } = {}) {
      // As WebLLM tells a model not to think; one whose tokenizer has no such mark does not.
      const silent = thinking === false && tokenizer.idOf(THOUGHT_OPEN) !== undefined;
      const parts = [...partsOf(fields, messages), ...(silent ? [template(NO_THOUGHTS)] : [])];
      const ids = joined(parts).flatMap(({ text, plain }) =>
        plain ? tokenizer.plain(text) : tokenizer.template(text),
      );
      return [...fields.prefixIds, ...ids];
    },
  };
}

function partsOf(fields: ConversationFields, messages: readonly Message[]): Part[] {
  const [first, ...others] = messages;
  const system = first?.role === "system" ? first : undefined;
  const turns = system ? others : messages;
  const opening = systemParts(fields, system);
  const parts = [...opening];
  turns.forEach(({ role, content }, at) => {
    if (role === "system") {
      throw new ModelUnsupportedError(
        "A system message stands behind other messages; this model's template knows it only as the first. Put it first.",
      );
    }
    const silent = at === 0 && opening.length > 0 && !fields.roleBehindSystem;
    const separator = fields.separators[at % fields.separators.length] ?? "";
    parts.push(
      template(silent ? "" : fields.roles[role] + fields.roleSeparator),
      ...around(fields.roleTemplates[role], `{${role}_message}`, content),
      template(separator),
    );
  });
  return [...parts, template(fields.roles.assistant + fields.openSeparator)];
}

/** Nothing when the template leaves nothing of an empty system message. */
function systemParts(fields: ConversationFields, given: Message | undefined): Part[] {
  const { systemTemplate, systemMessage } = fields;
  // The model's own message is part of its template, a caller's is not.
  const parts = given
    ? around(systemTemplate, "{system_message}", given.content)
    : [template(systemTemplate.replace("{system_message}", () => systemMessage))];
  return parts.some(({ text }) => text !== "") ? parts : [];
}

function around(frame: string, placeholder: string, content: string): Part[] {
  const at = frame.indexOf(placeholder);
  if (at < 0) return [template(frame)];
  // A template may also have places for tools, which are never filled here.
  const rest = (text: string) => template(text.replace("{function_string}", ""));
  return [
    rest(frame.slice(0, at)),
    { text: content, plain: true },
    rest(frame.slice(at + placeholder.length)),
  ];
}

function template(text: string): Part {
  return { text, plain: false };
}

/** Neighbours of one kind are tokenised together. */
function joined(parts: readonly Part[]): Part[] {
  const out: Part[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part.text === "") continue;
    if (last?.plain === part.plain) out[out.length - 1] = { ...last, text: last.text + part.text };
    else out.push(part);
  }
  return out;
}
