/**
 * A reader that misses nothing, under the same retrieval as a model: what exact match and how many steps the
 * corpus, the retrieval and the logs allow. A hop is known when its document was retrieved, or a log that says the
 * same fact, and the hop before it is known; or when a log says where the way to it ends, from its first hop on.
 */
import { type Hop, hopsOf } from "./hops.ts";
import type { Fact, Question } from "./question.ts";
import { canonicalSentence } from "./render-documents.ts";
import type { Attempt } from "./report.ts";

/** What one query brought anew. */
export interface Gathered {
  /** Titles. */
  readonly documents: readonly string[];
  /** Ids. */
  readonly logs: readonly string[];
}

/** The retrieval of one task: it accumulates, and the same query again moves its window on. */
export type Gather = (query: string) => Promise<Gathered>;

/** What a log says to a reader. */
export interface Said {
  readonly facts: readonly Fact[];
  /** Ways from what a question names to where they end (`waysOf`), whatever lies between. */
  readonly ways: readonly Way[];
}

/** The facts of a hop and of all before it, as one key. */
export type Way = string;

export type Memory = (logId: string) => Said;

/** How it fared, and what it found out at the last step. */
export interface Reading extends Attempt {
  readonly learned: readonly Fact[];
}

const NO_MEMORY: Memory = () => ({ facts: [], ways: [] });

/** Solves a question in at most `maxSteps` steps. */
export async function readPerfectly(
  question: Question,
  gather: Gather,
  maxSteps: number,
  memory: Memory = NO_MEMORY,
): Promise<Reading> {
  const hops = hopsOf(question);
  const ends = endsOf(hops);
  const titles = new Set<string>();
  const remembered = new Set<string>();
  const ways = new Set<Way>();
  let known: readonly boolean[] = hops.map(() => false);
  let query = question.question;
  for (let steps = 1; steps <= maxSteps; steps += 1) {
    const brought = await gather(query);
    for (const title of brought.documents) titles.add(title);
    for (const said of brought.logs.map(memory)) {
      for (const fact of said.facts) remembered.add(keyOf(fact));
      for (const way of said.ways) ways.add(way);
    }
    const before = known;
    known = knownHops(hops, {
      isFound: ({ fact }) => titles.has(fact.title) || remembered.has(keyOf(fact)),
      isReached: (index) => ways.has(wayTo(hops, index)),
    });
    if (ends.every((index) => known[index])) {
      const learned = hops.filter((_, index) => known[index] && !before[index]).map(({ fact }) => fact);
      return { answer: question.answer, outcome: "answered", steps, learned };
    }
    query = nextQuery(hops, known);
  }
  return { answer: null, outcome: "unanswered", steps: maxSteps, learned: [] };
}

/** The ways of a question: from what it names to the ends of its chains. */
export function waysOf(question: Question): Way[] {
  const hops = hopsOf(question);
  return endsOf(hops).map((index) => wayTo(hops, index));
}

/** The last response that a perfect reader would leave: the facts of the last hops, and the answer. */
export function idealLastResponse(question: Question): string {
  const hops = hopsOf(question);
  const last = endsOf(hops).map((index) => canonicalSentence(hops[index]!.fact));
  return `${last.join(" ")} <ans> ${question.answer} </ans>`;
}

interface Found {
  /** The hop is said somewhere: known, once those before it are. */
  isFound(hop: Hop): boolean;
  /** It is said where the way to it ends: known, whatever is known of those before it. */
  isReached(index: number): boolean;
}

function knownHops(hops: readonly Hop[], { isFound, isReached }: Found): boolean[] {
  const known: boolean[] = [];
  // A hop stands behind those that name it, so one pass is enough.
  for (const [index, hop] of hops.entries()) {
    known.push(isReached(index) || (isFound(hop) && hop.after.every((each) => known[each])));
  }
  return known;
}

/** The hops that no other stands behind: where the chains end. */
function endsOf(hops: readonly Hop[]): number[] {
  return [...hops.keys()].filter((index) => !hops.some((hop) => hop.after.includes(index)));
}

/** The names of the entities that come next in each chain, as far as the chain is known. */
function nextQuery(hops: readonly Hop[], known: readonly boolean[]): string {
  const names = missing(hops, known)
    .map((index) => hops[index]!)
    .filter((hop) => hop.after.every((each) => known[each]))
    .flatMap(({ fact, after }) =>
      after.length === 0 ? [fact.subject] : after.map((index) => hops[index]!.fact.value),
    );
  return [...new Set(names)].join(", ");
}

/** The unknown hops that an end needs, in their order. What lies before a known hop is needed no more. */
function missing(hops: readonly Hop[], known: readonly boolean[]): number[] {
  const needed = new Set(endsOf(hops));
  for (const index of [...hops.keys()].reverse()) {
    if (needed.has(index) && !known[index]) for (const each of hops[index]!.after) needed.add(each);
  }
  return [...hops.keys()].filter((index) => needed.has(index) && !known[index]);
}

function wayTo(hops: readonly Hop[], index: number): Way {
  const { fact, after } = hops[index]!;
  return JSON.stringify([keyOf(fact), ...after.map((each) => wayTo(hops, each))]);
}

function keyOf(fact: Fact): string {
  return `${fact.title}\u0000${fact.relation}\u0000${fact.value}`;
}
