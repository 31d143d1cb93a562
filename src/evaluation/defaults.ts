/** What an evaluation takes when nothing else is asked for: the paper's limits, and a perfect reader that finds by words. */
import { MemoryBank } from "../bank/memory-bank.ts";
import { LexicalIndex } from "../retrieve/lexical-index.ts";
import { type Limits, readLimits } from "../runtime/limits.ts";
import type { OracleOptions } from "./oracle.ts";
import type { QuestionForm } from "./question-form.ts";

export function limitsOf({ kind }: QuestionForm): Limits {
  return readLimits({ kind });
}

export const lexicalOracle: Pick<OracleOptions, "createBank" | "createIndex"> = {
  createBank: () => new MemoryBank(new LexicalIndex()),
  createIndex: () => new LexicalIndex(),
};
