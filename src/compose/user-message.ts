/** The one prompt composer: instruction, documents grouped by the step that brought them, question. Pure text. */
import type { Document } from "../terms/document.ts";

export interface UserMessageParts {
  readonly instruction: string;
  /** Documents of each step so far, in retrieval order. An empty group is kept: the step brought nothing new. */
  readonly groups: readonly (readonly Document[])[];
  readonly question: string;
}

/** The same bytes as the training package composes: the embedded model has seen exactly this form. */
export function userMessage({ instruction, groups, question }: UserMessageParts): string {
  const documents = groups.map(
    (group, index) => `Documents, step ${index + 1}:\n${group.map(line).join("")}\n`,
  );
  return `${instruction}\n\n${documents.join("")}Question: ${question}`;
}

function line({ title, text }: Document): string {
  return `- ${onOneLine(title)}: ${onOneLine(text)}\n`;
}

/** A line break would let a document open a line, or a group, of its own. */
function onOneLine(text: string): string {
  return text.replace(/\r\n|[\r\n]/g, " ").trim();
}
