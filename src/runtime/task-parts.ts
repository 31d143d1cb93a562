/** The two functions that a task calls once a step: its retrieval, and its prompt. */
import { instructionFor } from "../compose/instruction.ts";
import { PROMPT_MODES } from "../compose/modes/prompt-modes.ts";
import { userMessage } from "../compose/user-message.ts";
import type { Engine } from "../engine/engine.ts";
import type { Document } from "../terms/document.ts";
import type { Notice } from "./events.ts";
import { createGather } from "./gather.ts";
import type { ReadTask } from "./options.ts";
import type { RuntimeParts } from "./runtime-parts.ts";

/** Logs as far as the mode uses them, documents as far as there is a corpus. */
export function gatherFor(
  { mode, logsPerStep, documentsPerStep, unansweredLogs: unanswered }: ReadTask,
  { bank, documents }: RuntimeParts,
  onNotice: (notice: Notice) => void,
) {
  const { remembers } = PROMPT_MODES[mode];
  return createGather({
    searchLogs: remembers ? (query, window) => bank.search(query, { ...window, unanswered }) : null,
    searchDocuments: documents ? (query, window) => documents.search(query, window) : null,
    logsPerStep,
    documentsPerStep,
    onNotice,
  });
}

/** Groups of documents → prompt token ids, through the model's own chat template. */
export function composerFor({ question }: ReadTask, engine: Engine) {
  const instruction = instructionFor(engine.model);
  return (groups: readonly (readonly Document[])[]): number[] =>
    engine.composeChat([{ role: "user", content: userMessage({ instruction, groups, question }) }]);
}
