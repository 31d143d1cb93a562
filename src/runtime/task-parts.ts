/** The functions that a task calls once a step: its retrieval, its preparation, its prompt, its capture. */
import { type InstructedKind, instructionFor } from "../compose/instruction.ts";
import type { Desk } from "../compose/modes/mode.ts";
import { PROMPT_MODES } from "../compose/modes/prompt-modes.ts";
import { type UserMessageParts, userMessage } from "../compose/user-message.ts";
import type { Engine, GenerateRequest, Message } from "../engine/engine.ts";
import { spokenOf } from "../engine/thoughts.ts";
import { ROWS_RECORDINGS } from "../record/recordings/rows-recordings.ts";
import { traceTokens } from "../record/trace-tokens.ts";
import type { Document } from "../terms/document.ts";
import { InputError } from "../terms/errors.ts";
import { floorsOf } from "../terms/similarity-floors.ts";
import type { ChatTurn, LagEvent, Notice } from "./events.ts";
import { createGather, type Window } from "./gather.ts";
import type { ReadTask } from "./options.ts";
import { actionIn } from "./parse-action.ts";
import type { RuntimeParts } from "./runtime-parts.ts";

/** Logs as far as the mode uses them, documents as far as there is a corpus. */
export function gatherFor(
  task: ReadTask,
  { bank, documents }: RuntimeParts,
  onNotice: (notice: Notice) => void,
  signal: AbortSignal | undefined,
) {
  const { mode, logs: named, logsPerStep, documentsPerStep } = task;
  const { unansweredLogs: unanswered, replaces } = task;
  const { remembers } = PROMPT_MODES[mode];
  const stop = signal ? { signal } : {};
  const except = replaces === null ? {} : { except: [replaces] };
  const retrieve = (query: string, window: Window) =>
    bank.search(query, { ...window, ...floorsOf(task), ...stop, ...except, unanswered });
  // Named logs come at the first step, whatever is asked; what is there already is dropped after it.
  const bring = async () => (named ?? []).map((id) => ({ id, similarity: 1 }));
  return createGather({
    searchLogs: remembers ? (named ? bring : retrieve) : null,
    searchDocuments: documents ? (query, window) => documents.search(query, window, signal) : null,
    logsPerStep: named ? named.length : logsPerStep,
    documentsPerStep,
    onNotice,
  });
}

/** Throws InputError that names a log which the task names and the bank does not hold. */
export async function checkNamedLogs({ logs }: ReadTask, { bank }: RuntimeParts): Promise<void> {
  for (const id of logs ?? []) {
    if (!(await bank.get(id))) {
      throw new InputError(
        `There is no log with the id ${JSON.stringify(id)} in the bank. Name logs that it holds.`,
      );
    }
  }
}

/** What the mode works with while it prepares a step. */
export function deskFor(
  { question, room, sampling }: ReadTask,
  engine: Engine,
  onEvent: (event: LagEvent) => void,
  signal: AbortSignal | undefined,
) {
  return (step: number): Desk => {
    const onText = (text: string) => onEvent({ type: "preparation-delta", step, text });
    return { engine, question, room, sampling, onText, signal };
  };
}

/** In a task whose rows are captured: asks for those of the response that ends it, as a log keeps them. */
export function captureFor({ kind, record, layout, maxSteps }: ReadTask, engine: Engine) {
  const captures = record && ROWS_RECORDINGS[layout.recording].captures;
  return (step: number): GenerateRequest["capture"] => {
    if (!captures) return undefined;
    return (said) => {
      const ends = step === maxSteps || actionIn(kind, spokenOf(said)).type === "answer";
      return ends ? traceTokens([said.text], engine).responseIds[0]! : null;
    };
  };
}

/**
 * The response of the step before, groups of documents, how many earlier turns → prompt token ids, through the model's
 * own chat template.
 */
export function composerFor({ question, kind, turns }: ReadTask, engine: Engine) {
  const contentOf = kind === "chat" ? () => question : instructed(question, kind, engine);
  return (before: string | undefined) =>
    (groups: readonly (readonly Document[])[], newest: number): number[] =>
      engine.composeChat([
        ...turns.slice(turns.length - newest).flatMap(messagesOf),
        { role: "user", content: contentOf(before, groups) },
      ]);
}

function instructed(question: string, kind: InstructedKind, engine: Engine) {
  const instruction = instructionFor(engine.model, kind);
  return (before: string | undefined, groups: readonly (readonly Document[])[]): string =>
    userMessage({ instruction, question, ...PARTS[kind](before, groups) });
}

function messagesOf({ question, answer }: ChatTurn): Message[] {
  return [
    { role: "user", content: question },
    { role: "assistant", content: answer },
  ];
}

type PartsOf = (
  before: string | undefined,
  groups: readonly (readonly Document[])[],
) => Pick<UserMessageParts, "groups" | "previous">;

/** What stands between instruction and question. */
const PARTS: Readonly<Record<InstructedKind, PartsOf>> = {
  // What earlier responses found comes back through the documents that they asked for.
  knowledge: (_, groups) => ({ groups }),
  // Without any document there is nothing to group.
  reasoning: (before, groups) => ({
    groups: groups.some((group) => group.length > 0) ? groups : [],
    previous: before,
  }),
};
