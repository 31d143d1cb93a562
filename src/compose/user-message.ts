/**
 * The one prompt composer: instruction, documents grouped by the step that brought them, what was said before where
 * the task needs it, question. Pure text.
 */
import type { Document } from "../terms/document.ts";

export interface UserMessageParts {
  readonly instruction: string;
  /** Documents of each step so far, in retrieval order. An empty group is kept: the step brought nothing new. */
  readonly groups: readonly (readonly Document[])[];
  /** The response of the step before, to go on from. */
  readonly previous?: string | undefined;
  readonly question: string;
}

/** The same bytes as the training package composes: the embedded model has seen exactly this form. */
export function userMessage({ instruction, groups, previous, question }: UserMessageParts): string {
  const documents = groups.map(
    (group, index) => `Documents, step ${index + 1}:\n${group.map(line).join("")}\n`,
  );
  const information = previous?.trim() ? `Said in the step before:\n${previous.trim()}\n\n` : "";
  return `${instruction}\n\n${documents.join("")}${information}Question: ${question}`;
}

function line({ title, text }: Document): string {
  return `- ${onOneLine(title)}: ${onOneLine(text)}\n`;
}

/** A line break would let a document open a line, or a group, of its own. */
export function onOneLine(text: string): string {
  return text.replace(/\r\n|[\r\n]/g, " ").trim();
}
