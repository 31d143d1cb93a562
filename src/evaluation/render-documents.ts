/**
 * Triples → text: the one rendering of documents. Every sentence comes from wordings.json and is chosen by a
 * hash, so that training (Python) and evaluation write the same words for the same triple and seed.
 */
import { fnv1a32 } from "./fnv1a32.ts";
import wordings from "./wordings.json" with { type: "json" };

/** What a document says: `relation` of `subject` is `value`. */
export interface Triple {
  readonly subject: string;
  readonly relation: string;
  readonly value: string;
  /** The question, with its mark, that the value answers: stated as it is, where there is no relation to word. */
  readonly asked?: string;
}

export type Seed = string | number;

interface RelationWording {
  readonly noun: string;
  readonly templates: readonly string[];
}

const RELATIONS = new Map<string, RelationWording>(Object.entries(wordings.relations));

/** The noun of a relation in canonical sentences; a relation without wordings is its own noun. */
export function nounOf(relation: string): string {
  return RELATIONS.get(relation)?.noun ?? relation;
}

/** `The {noun} of {subject} is {value}.`: the sentence in which responses state a fact. */
export function canonicalSentence(triple: Triple): string {
  // Some answers bring a full stop of their own.
  if (triple.asked !== undefined) return `${triple.asked} ${triple.value.replace(/\.$/, "")}.`;
  return `The ${nounOf(triple.relation)} of ${triple.subject} is ${triple.value}.`;
}

/** The sentence in which a document states a triple. A relation without wordings gets the canonical one. */
export function renderSentence(seed: Seed, triple: Triple): string {
  const templates = triple.asked === undefined ? RELATIONS.get(triple.relation)?.templates : undefined;
  if (templates === undefined) return canonicalSentence(triple);
  const key = `${seed}|${triple.subject}|${triple.relation}|${triple.value}`;
  return fill(choose(templates, key), { subject: triple.subject, value: triple.value });
}

/** The sentence that says that `title` and `subject` are names of the same. */
export function renderAlias(seed: Seed, title: string, subject: string): string {
  return fill(choose(wordings.alias, `${seed}|${title}|${subject}`), { title, subject });
}

/**
 * A document's text: one sentence a triple in the given order, joined by one space, after one sentence for each
 * name that the triples use and that is not the title.
 */
export function renderText(seed: Seed, title: string, triples: readonly Triple[]): string {
  const others = new Set(triples.map((triple) => triple.subject).filter((subject) => subject !== title));
  return [
    ...[...others].map((subject) => renderAlias(seed, title, subject)),
    renderFacts(seed, triples),
  ].join(" ");
}

/** The same where the triples' names are not other names of the title: no sentence says that they are. */
export function renderFacts(seed: Seed, triples: readonly Triple[]): string {
  return triples.map((triple) => renderSentence(seed, triple)).join(" ");
}

function choose(templates: readonly string[], key: string): string {
  return templates[fnv1a32(key) % templates.length]!;
}

/** Fills all slots in one pass, so that a name that contains "{value}" stays as it is. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (slot, name: string) => values[name] ?? slot);
}
