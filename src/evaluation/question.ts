/** A question of an evaluation, whatever form of file it came in. */
import type { Triple } from "./render-documents.ts";

/** One hop of a question: what is to be known, and the title of the document that states it. */
export interface Fact extends Triple {
  readonly title: string;
  /** The id of that document, where the file names it so. */
  readonly documentId?: string;
  /** Indices of the hops whose values name what this one is about. Absent where the file does not say. */
  readonly after?: readonly number[];
}

export interface Question {
  /** `_id` or `id` of the file, where it has one. */
  readonly id?: string;
  /** With its choices, where it has such. */
  readonly question: string;
  /** Of a multiple-choice question: a letter. */
  readonly answer: string;
  /** Other answers that are as right. */
  readonly aliases?: readonly string[];
  /** Of a multiple-choice question: what stands behind A, B, C… */
  readonly choices?: readonly string[];
  /** Kind of question, for breakdowns. */
  readonly type: string;
  /** A kind of the set's own, which breakdowns go by instead. */
  readonly group?: string;
  /** In the order in which the file lists them. */
  readonly facts: readonly Fact[];
  /** The same question in other words, where the file has them. */
  readonly again: string | undefined;
  /** Ids of seen questions whose logs are put in front instead of what retrieval finds, when that is asked for. */
  readonly front?: readonly string[];
}

/** Everything that counts as right. */
export function rightAnswers({
  answer,
  aliases = [],
}: Pick<Question, "answer" | "aliases">): readonly string[] {
  return [answer, ...aliases];
}
