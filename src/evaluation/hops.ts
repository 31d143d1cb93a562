/** How the facts of a question hang together: which facts give the names under which the next is looked up. */
import type { Fact, Question } from "./question.ts";
import { normaliseAnswer } from "./squad.ts";

/** One fact that an answer needs. */
export interface Hop {
  readonly fact: Fact;
  /** Indices of the hops whose values name this hop's entity; none when the question itself names it. */
  readonly after: readonly number[];
}

/** The hops of a question, in the order of its facts. */
export function hopsOf({ type, facts }: Pick<Question, "type" | "facts">): Hop[] {
  const hops: Hop[] = [];
  for (const [index, fact] of facts.entries()) {
    const after = fact.after ?? (type === "comparison" ? [] : predecessors(hops, fact, index, type));
    hops.push({ fact, after });
  }
  return hops;
}

/** 2WikiMultiHop does not say what hangs on what: names tell, else the order. */
function predecessors(
  before: readonly Hop[],
  fact: Fact,
  index: number,
  type: Question["type"],
): readonly number[] {
  if (index === 0) return [];
  // Several values of one relation, or several relations of one entity, stand side by side.
  const sibling = before.find((hop) => hop.fact.title === fact.title);
  if (sibling !== undefined) return sibling.after;
  const naming = before.findIndex(
    (hop) => same(hop.fact.value, fact.subject) || same(hop.fact.value, fact.title),
  );
  if (naming >= 0) return [naming];
  // The data spells some names differently from hop to hop; then the order tells.
  if (type !== "bridge_comparison") return [index - 1];
  if (fact.relation === before[0]!.fact.relation) return [];
  const followed = new Set(before.flatMap((hop) => hop.after));
  const free = before.findIndex((hop, i) => hop.after.length === 0 && !followed.has(i));
  return free >= 0 ? [free] : [];
}

function same(a: string, b: string): boolean {
  return normaliseAnswer(a) === normaliseAnswer(b);
}
