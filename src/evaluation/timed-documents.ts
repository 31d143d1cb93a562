/** Documents that are in the corpus only while the bank is filled, or only during the test. */
import type { Document } from "../terms/document.ts";

/** The two parts of an evaluation: the seen questions are solved, then the unseen ones are asked. */
export const PHASES = ["seen", "unseen"] as const;
export type Phase = (typeof PHASES)[number];

export interface TimedDocument extends Document {
  /** Absent: always there. */
  readonly only?: Phase;
}

/** The corpus of each part, in the order of the list. */
export type Corpora = Readonly<Record<Phase, readonly Document[]>>;

export function corporaOf(documents: readonly TimedDocument[]): Corpora {
  const during = (phase: Phase) =>
    documents
      .filter(({ only }) => only === undefined || only === phase)
      .map(({ title, text }) => ({ title, text }));
  return { seen: during("seen"), unseen: during("unseen") };
}

/** A corpus line's document with what its field "only" says, or why the line is bad. */
export function timedDocument(
  document: Document,
  { only }: Readonly<Record<string, unknown>>,
): TimedDocument | string {
  if (only === undefined) return document;
  const phase = PHASES.find((known) => known === only);
  if (phase === undefined)
    return `has "only": ${JSON.stringify(only)}, which is not one of ${PHASES.join(", ")}`;
  return { ...document, only: phase };
}
