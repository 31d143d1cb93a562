/**
 * Questions → the documents that answer them: one a supporting title, with every triple of that title in all
 * files and enough distractors. The same questions and seed always give the same documents.
 */
import type { Document } from "../terms/document.ts";
import { distractorsFor, harmlessDistractors } from "./distractors.ts";
import { fnv1a32 } from "./fnv1a32.ts";
import type { Question } from "./question.ts";
import { renderFacts, renderText, type Seed, type Triple } from "./render-documents.ts";

export const MIN_FACTS = 3;
const DEFAULT_SEED = 1;

/** Documents in the order in which their titles first come up. */
export function buildDocuments(questions: readonly Question[], seed: Seed = DEFAULT_SEED): Document[] {
  return [...triplesByTitle(questions)].map(([title, asked]) => {
    const relations = new Set(asked.map((triple) => triple.relation));
    const subject = asked[0]!.subject;
    const others = distractorsFor(seed, title, subject, relations, MIN_FACTS - asked.length);
    return { title, text: renderText(seed, title, shuffle(seed, title, [...asked, ...others])) };
  });
}

/**
 * The same for MuSiQue. What a sub-question is about need not be its document's title, so no sentence says that it
 * is; and its relation may be anything, so distractors are of relations that answer nothing.
 */
export function buildDecomposedDocuments(
  questions: readonly Question[],
  seed: Seed = DEFAULT_SEED,
): Document[] {
  return [...triplesByTitle(questions)].map(([title, asked]) => {
    const others = harmlessDistractors(seed, title, MIN_FACTS - asked.length);
    return { title, text: renderFacts(seed, shuffle(seed, title, [...asked, ...others])) };
  });
}

/** Every triple of each title, without repetition. */
export function triplesByTitle(questions: readonly Question[]): Map<string, Triple[]> {
  const byTitle = new Map<string, Triple[]>();
  for (const { facts } of questions) {
    for (const { title, documentId: _id, after: _after, ...triple } of facts) {
      const known = byTitle.get(title) ?? [];
      byTitle.set(title, known);
      if (!known.some((other) => sameTriple(other, triple))) known.push(triple);
    }
  }
  return byTitle;
}

function sameTriple(a: Triple, b: Triple): boolean {
  return a.subject === b.subject && a.relation === b.relation && a.value === b.value;
}

/** An order that does not tell which facts are asked for. */
function shuffle(seed: Seed, title: string, triples: readonly Triple[]): Triple[] {
  return triples
    .map((triple) => ({
      triple,
      order: fnv1a32(`${seed}|order|${title}|${triple.relation}|${triple.value}`),
    }))
    .sort((a, b) => a.order - b.order)
    .map(({ triple }) => triple);
}
