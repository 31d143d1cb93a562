/**
 * A reader that misses nothing, under the same retrieval as a model: what exact match and how many steps the
 * corpus, the retrieval and the logs allow. A hop is known when its document was retrieved, or a log whose
 * question needed the same fact, and the hop before it is known.
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

/** The facts that a log covers: those of the question that it solved. */
export type Memory = (logId: string) => readonly Fact[];

const NO_MEMORY: Memory = () => [];

/** Solves a question in at most `maxSteps` steps. */
export async function readPerfectly(
  question: Question,
  gather: Gather,
  maxSteps: number,
  memory: Memory = NO_MEMORY,
): Promise<Attempt> {
  const hops = hopsOf(question);
  const titles = new Set<string>();
  const remembered = new Set<string>();
  let query = question.question;
  for (let steps = 1; steps <= maxSteps; steps += 1) {
    const brought = await gather(query);
    for (const title of brought.documents) titles.add(title);
    for (const id of brought.logs) for (const fact of memory(id)) remembered.add(keyOf(fact));
    const known = knownHops(hops, ({ fact }) => titles.has(fact.title) || remembered.has(keyOf(fact)));
    if (known.every(Boolean)) return { answer: question.answer, outcome: "answered", steps };
    query = nextQuery(hops, known);
  }
  return { answer: null, outcome: "unanswered", steps: maxSteps };
}

/** The last response that a perfect reader would leave: the facts of the last hops, and the answer. */
export function idealLastResponse(question: Question): string {
  const hops = hopsOf(question);
  const last = hops.filter((_, index) => !hops.some((hop) => hop.after.includes(index)));
  return `${last.map(({ fact }) => canonicalSentence(fact)).join(" ")} <ans> ${question.answer} </ans>`;
}

function knownHops(hops: readonly Hop[], isFound: (hop: Hop) => boolean): boolean[] {
  const known: boolean[] = [];
  // A hop stands behind those that name it, so one pass is enough.
  for (const hop of hops) known.push(isFound(hop) && hop.after.every((index) => known[index]));
  return known;
}

/** The names of the entities that come next in each chain, as far as the chain is known. */
function nextQuery(hops: readonly Hop[], known: readonly boolean[]): string {
  const names = hops
    .filter((hop, index) => !known[index] && hop.after.every((each) => known[each]))
    .flatMap(({ fact, after }) =>
      after.length === 0 ? [fact.subject] : after.map((index) => hops[index]!.fact.value),
    );
  return [...new Set(names)].join(", ");
}

function keyOf(fact: Fact): string {
  return `${fact.title}\u0000${fact.relation}\u0000${fact.value}`;
}
