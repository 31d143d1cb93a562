/** Seeded facts that no question asks for, so that a document says more than the answer. */
import data from "./distractors.json" with { type: "json" };
import { fnv1a32 } from "./fnv1a32.ts";
import type { Seed, Triple } from "./render-documents.ts";

const LISTS = new Map<string, readonly string[]>(Object.entries(data.lists));
const VALUES = new Map<string, readonly string[]>(Object.entries(data.values));

/**
 * Up to `count` triples about `subject`, of relations that suit it and that none of the `asked` ones is or means.
 * Fewer only when the kind of thing has no more relations.
 */
export function distractorsFor(
  seed: Seed,
  title: string,
  subject: string,
  asked: ReadonlySet<string>,
  count: number,
): Triple[] {
  return drawn(seed, title, subject, relationsFor(asked), count);
}

/** Up to `count` triples that answer no question: there is nothing that they could be mistaken for. */
export function harmlessDistractors(seed: Seed, title: string, count: number): Triple[] {
  return drawn(seed, title, title, data.harmless, count);
}

/** `count` of these relations, chosen and filled by the seed. */
function drawn(
  seed: Seed,
  title: string,
  subject: string,
  relations: readonly string[],
  count: number,
): Triple[] {
  return relations
    .map((relation) => ({ relation, order: fnv1a32(`${seed}|distractor|${title}|${relation}`) }))
    .sort((a, b) => a.order - b.order)
    .slice(0, Math.max(0, count))
    .map(({ relation }) => ({
      subject,
      relation,
      value: valueFor(`${seed}|${title}|${relation}`, relation),
    }));
}

function relationsFor(asked: ReadonlySet<string>): string[] {
  const kind =
    data.kinds.find(({ knownBy }) => knownBy.some((relation) => asked.has(relation))) ?? data.kinds.at(-1)!;
  const ruledOut = new Set(asked);
  for (const group of data.same) {
    if (group.some((relation) => asked.has(relation))) for (const relation of group) ruledOut.add(relation);
  }
  return kind.relations.filter((relation) => !ruledOut.has(relation));
}

function valueFor(key: string, relation: string): string {
  const pick = (list: readonly string[], what: string) => list[fnv1a32(`${key}|${what}`) % list.length]!;
  return pick(VALUES.get(relation)!, "form").replace(/\{(\w+)\}/g, (_, name: string) =>
    pick(LISTS.get(name)!, name),
  );
}
