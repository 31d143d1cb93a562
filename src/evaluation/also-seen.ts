/** What a split or two files may have overlooked: unseen questions whose own logs are in the bank after all. */
import type { EvaluationData } from "./evaluation-data.ts";

/** Unseen questions that stand among the seen ones too, word for word. */
export function alsoSeen({ seen, asked }: Pick<EvaluationData, "seen" | "asked">): number {
  const known = new Set(seen.map(({ question }) => question));
  return asked.unseen.filter(({ question }) => known.has(question)).length;
}
