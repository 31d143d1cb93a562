/** How the facts of a question hang together: which fact gives the name under which the next is looked up. */
import { normaliseAnswer } from "./squad.ts";
import type { Fact, TwoWikiQuestion } from "./two-wiki.ts";

/** One fact that an answer needs. */
export interface Hop {
  readonly fact: Fact;
  /** Index of the hop whose value names this hop's entity, or null when the question itself names it. */
  readonly after: number | null;
}

/** The hops of a question, in the order of its facts. */
export function hopsOf({ type, facts }: Pick<TwoWikiQuestion, "type" | "facts">): Hop[] {
  const hops: Hop[] = [];
  for (const [index, fact] of facts.entries()) {
    hops.push({ fact, after: type === "comparison" ? null : predecessor(hops, fact, index, type) });
  }
  return hops;
}

function predecessor(
  before: readonly Hop[],
  fact: Fact,
  index: number,
  type: TwoWikiQuestion["type"],
): number | null {
  if (index === 0) return null;
  // Several values of one relation, or several relations of one entity, stand side by side.
  const sibling = before.find((hop) => hop.fact.title === fact.title);
  if (sibling !== undefined) return sibling.after;
  const naming = before.findIndex(
    (hop) => same(hop.fact.value, fact.subject) || same(hop.fact.value, fact.title),
  );
  if (naming >= 0) return naming;
  // The data spells some names differently from hop to hop; then the order tells.
  if (type !== "bridge_comparison") return index - 1;
  if (fact.relation === before[0]!.fact.relation) return null;
  const followed = new Set(before.map((hop) => hop.after));
  const free = before.findIndex((hop, i) => hop.after === null && !followed.has(i));
  return free >= 0 ? free : null;
}

function same(a: string, b: string): boolean {
  return normaliseAnswer(a) === normaliseAnswer(b);
}
