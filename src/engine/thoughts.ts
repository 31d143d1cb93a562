/** Where the thoughts of a model end and its response begins, by the marks that such models write as plain text. */

const OPEN = "<think>";
const CLOSE = "</think>";

/** What a model says, and what it thought before. */
export interface Said {
  readonly text: string;
  readonly thoughts?: string;
}

/** Whether a prompt that ends so has begun to think for the model: then the text bears no mark of its beginning. */
export function opensThoughts(endOfPrompt: string): boolean {
  return endOfPrompt.trimEnd().endsWith(OPEN);
}

/**
 * The index in a growing text at which the response begins: behind the thoughts, their marks and the blank behind
 * them; its length as long as they go on. Undefined while it may still turn out to begin with them.
 */
export function responseStart(text: string, opened: boolean): number | undefined {
  const trimmed = text.trimStart();
  if (!opened && !trimmed.startsWith(OPEN)) return OPEN.startsWith(trimmed) ? undefined : 0;
  const close = text.indexOf(CLOSE);
  return close < 0 ? text.length : text.length - text.slice(close + CLOSE.length).trimStart().length;
}

/** The response alone, where the text keeps its thoughts too. */
export function spokenOf({ text, thoughts = "" }: Said): string {
  return text.startsWith(thoughts) ? text.slice(thoughts.length) : text;
}
