/** A chat request → a task, and what of the request the task cannot take in. */
import type { ChatTurn, Notice, Task } from "../runtime/events.ts";
import { InputError } from "../terms/errors.ts";
import type { TaskKind } from "../terms/task-kind.ts";
import type { ChatMessage, ChatRequest } from "./chat-types.ts";

export interface ReadRequest {
  readonly task: Task;
  readonly notices: readonly Notice[];
}

/** Fields that would change what is said, and that nothing here honours, with the values that ask for nothing. */
const NOT_OFFERED: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  tools: (value) => Array.isArray(value) && value.length === 0,
  tool_choice: (value) => value === "none",
  response_format: (value) => (value as { type?: unknown }).type === "text",
  stop: (value) => Array.isArray(value) && value.length === 0,
  logprobs: (value) => value === false,
  logit_bias: (value) => Object.keys(value as object).length === 0,
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
};

/**
 * `kind`: of tasks whose request names none. Throws InputError that names the field; what the task itself says of its
 * values is found where it is solved.
 */
export function readRequest(request: ChatRequest, kind: TaskKind): ReadRequest {
  for (const [field, asksForNothing] of Object.entries(NOT_OFFERED)) {
    const value = (request as unknown as Record<string, unknown>)[field];
    if (value === undefined || value === null || asksForNothing(value)) continue;
    throw new InputError(`${field} is ${JSON.stringify(value)}, which is not offered here. Leave it out.`);
  }
  const { messages, lag = {} } = request;
  if (!Array.isArray(messages) || messages.length === 0) {
    throw new InputError(
      'messages is empty, expected a list that ends with { role: "user", content: "…" }. Ask something.',
    );
  }
  const place = messages.length - 1;
  const said = messages.map((message: ChatMessage, index) => ({
    role: message.role,
    text: textOf(message, index),
  }));
  const { role, text: question } = said[place]!;
  if (role !== "user") {
    throw new InputError(`messages[${place}] is of role "${role}", expected "user". Put the question last.`);
  }
  const { turns, notices } = turnsOf(said.slice(0, place));
  const maxNewTokens = request.max_completion_tokens ?? request.max_tokens ?? undefined;
  const sampling = samplingOf(request);
  const task: Task = {
    kind,
    ...(turns.length > 0 && { turns }),
    ...lag,
    question,
    ...(maxNewTokens !== undefined && { maxNewTokens }),
    ...(sampling && { sampling }),
  };
  return { task, notices };
}

interface Said {
  readonly role: ChatMessage["role"];
  readonly text: string;
}

/** A question and the reply behind it are a turn. A task has no place for anything else, and says so. */
function turnsOf(said: readonly Said[]): { turns: ChatTurn[]; notices: Notice[] } {
  const turns: ChatTurn[] = [];
  for (const [index, { role, text }] of said.entries()) {
    const reply = said[index + 1];
    if (role === "user" && reply?.role === "assistant") turns.push({ question: text, answer: reply.text });
  }
  const left = said.length - 2 * turns.length;
  if (left === 0) return { turns, notices: [] };
  const messages = left === 1 ? "1 message was" : `${left} messages were`;
  const text = `${messages} not shown to the model: only questions and the replies to them are.`;
  return { turns, notices: [{ code: "messages-left-out", text }] };
}

/** Undefined when the request says nothing: greedy. */
function samplingOf({ temperature, top_p, seed }: ChatRequest): Task["sampling"] {
  if ((temperature ?? top_p ?? seed ?? null) === null) return undefined;
  return {
    // What narrows or repeats a choice asks for one.
    temperature: temperature ?? (top_p == null ? 0 : 1),
    ...(top_p != null && { topP: top_p }),
    ...(seed != null && { seed }),
  };
}

function textOf({ content }: ChatMessage, place: number): string {
  if (typeof content === "string") return content;
  const parts = content ?? [];
  if (!Array.isArray(parts)) {
    throw new InputError(
      `messages[${place}].content is ${JSON.stringify(content)}, expected text. Ask something.`,
    );
  }
  return parts
    .map((part, index) => {
      if (part?.type === "text" && typeof part.text === "string") return part.text;
      throw new InputError(
        `messages[${place}].content[${index}] is of type "${part?.type}", expected "text". The model reads text only.`,
      );
    })
    .join("\n");
}
