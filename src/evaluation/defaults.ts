/** What an evaluation takes when nothing else is asked for: the paper's limits, and a perfect reader that finds by words. */
import { type Limits, readLimits } from "../runtime/limits.ts";
import { readRetrieval } from "../terms/retrieval.ts";
import { type OracleIndexes, oracleIndexes } from "./oracle-indexes.ts";
import type { QuestionForm } from "./question-form.ts";

export function limitsOf({ kind }: QuestionForm): Limits {
  return readLimits({ kind });
}

export const lexicalOracle: OracleIndexes = oracleIndexes(readRetrieval(), null);
