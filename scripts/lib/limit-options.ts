/** The options of a command line that say how far a task may go, as `npm run ask` and `npm run eval` share them. */
import type { Limits } from "../../src/runtime/limits.ts";
import { InputError } from "../../src/terms/errors.ts";

export const LIMIT_USAGE = `\
  --logs-per-step N          logs that a query brings (default 3)
  --min-similarity X         leave out logs that are less similar to the query, from 0 to 1
                             (default: as the model's configuration says, else 0)
  --min-relative-similarity X
                             leave out logs that are less similar than this share of the
                             query's most similar one, from 0 to 1
                             (default: as the model's configuration says, else 0)
  --documents-per-step N     documents that a query brings (default 2; reasoning: 0)
  --max-steps N              steps of a task, at most 64 (default 8; reasoning: 3)
  --max-new-tokens N         tokens of a response (default 1024; a model may allow fewer)`;

/** For `parseArgs`. */
export const LIMIT_OPTIONS = {
  "logs-per-step": { type: "string" },
  "min-similarity": { type: "string" },
  "min-relative-similarity": { type: "string" },
  "documents-per-step": { type: "string" },
  "max-steps": { type: "string" },
  "max-new-tokens": { type: "string" },
} as const;

type Given = { readonly [option in keyof typeof LIMIT_OPTIONS]?: string | undefined };

/** What was given, as numbers. Throws InputError. Whether they are in range is the runtime's to say. */
export function limitsOf(given: Given): Partial<Omit<Limits, "kind">> {
  const fields = {
    logsPerStep: numberOf(given, "logs-per-step"),
    minSimilarity: shareOf(given, "min-similarity"),
    minRelativeSimilarity: shareOf(given, "min-relative-similarity"),
    documentsPerStep: numberOf(given, "documents-per-step"),
    maxSteps: numberOf(given, "max-steps"),
    maxNewTokens: numberOf(given, "max-new-tokens"),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Throws InputError when documents are given and none would be brought. */
export function checkDocumentsAreRead({ documentsPerStep }: Limits, file: string | undefined): void {
  if (file === undefined || documentsPerStep > 0) return;
  throw new InputError(
    `${file} would not be read: such a task brings 0 documents a step. Give --documents-per-step with a number ` +
      "above 0, or leave the file out.",
  );
}

function shareOf(given: Given, option: keyof Given): number | undefined {
  const text = given[option];
  if (text === undefined) return undefined;
  if (/^\d*\.?\d+$/.test(text)) return Number(text);
  throw new InputError(`--${option} ${text} is no number. Give one from 0 to 1.`);
}

function numberOf(given: Given, option: keyof Given): number | undefined {
  const text = given[option];
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InputError(`--${option} ${text} is no count. Give a whole number.`);
}
