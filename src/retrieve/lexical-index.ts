/**
 * Retrieval by words: BM25 over title and text (MiniSearch), plus a bonus for a title that the query names.
 * Words must be equal after folding: no prefixes, no spelling tolerance, because names that are nearly the same
 * are other names. A word counts by the square of its inverse document frequency (once in BM25, once as a boost):
 * names decide, the words of a question hardly matter, in any language and without a list of stop words.
 */
import MiniSearch, { type SearchResult } from "minisearch";
import type { Ranked } from "../terms/document.ts";
import type { SearchOptions, TextIndex } from "./text-index.ts";
import { wordsOf } from "./words.ts";

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** An entry with what only scoring needs. */
interface Scored {
  readonly entry: Entry;
  /** Place in the order of adding. */
  readonly place: number;
  /** Folded title without its qualifier, between spaces. */
  readonly titlePhrase: string;
  /** All its words, title first, folded, between spaces. */
  readonly phrase: string;
}

interface Found extends Ranked {
  readonly score: number;
  readonly place: number;
}

/** How much a title that the query names in full counts against BM25, whose unit (idf) it has. */
const NAMED = 3;

/**
 * Entries that similarities are reckoned with besides those there are, and that hold no word of any query. Among the
 * first few logs of a bank a word that none of them holds would count several times as much as one that they hold,
 * and a question asked again in other words would be as little similar as a stranger among thousands.
 */
const IMAGINED = 100;

export class LexicalIndex implements TextIndex {
  readonly #words = new MiniSearch<Entry>({
    fields: ["title", "text"],
    tokenize: wordsOf,
    processTerm: (word) => word,
  });
  readonly #entries = new Map<string, Scored>();
  /** How many entries hold each word. */
  readonly #holders = new Map<string, number>();
  #added = 0;

  get size(): number {
    return this.#entries.size;
  }

  /** An entry that is replaced keeps its place among ties. */
  add(id: string, { title = "", text }: { readonly title?: string; readonly text: string }): void {
    const place = this.#entries.get(id)?.place ?? this.#added++;
    this.remove(id);
    const entry = { id, title, text };
    const words = wordsOf(`${title}\n${text}`);
    const titlePhrase = phraseOf(wordsOf(withoutQualifier(title)));
    this.#words.add(entry);
    this.#count(words, 1);
    this.#entries.set(id, { entry, place, titlePhrase, phrase: phraseOf(words) });
  }

  remove(id: string): void {
    const known = this.#entries.get(id);
    if (!known) return;
    this.#words.remove(known.entry);
    this.#count(wordsIn(known.phrase), -1);
    this.#entries.delete(id);
  }

  clear(): void {
    this.#words.removeAll();
    this.#holders.clear();
    this.#entries.clear();
    this.#added = 0;
  }

  /**
   * `similarity` = share of the query's weight that the entry holds: sums of squared idf over the query's different words
   * and its different pairs of neighbouring words. Pairs tell a name from others that share a word with it, and the
   * square names from the words of a question. Reckoned among the entries and 100 imagined ones, so that a log that
   * helps is about as similar in a bank of 3 as in one of 3,000 (strangers are more similar among 3).
   */
  async search(query: string, { k, skip = 0, accept }: SearchOptions): Promise<Ranked[]> {
    const inOrder = wordsOf(query);
    const words = [...new Set(inOrder)];
    const weights = new Map(words.map((word) => [word, this.#weigh(word)]));
    const rarest = Math.max(...weights.values());
    const results = this.#words.search(words.join(" "), { boostTerm: (word) => weights.get(word)! / rarest });
    const entries = results.map(({ id }) => this.#entries.get(id)!);
    const named = namedTitles(
      phraseOf(inOrder),
      entries.map(({ titlePhrase }) => titlePhrase),
    );
    const similarities = this.#similarities(inOrder, results, entries);

    const found: Found[] = [];
    for (const [i, { id, score, queryTerms }] of results.entries()) {
      if (accept && !accept(id)) continue;
      const { place, titlePhrase } = entries[i]!;
      const bonus = named.has(titlePhrase) ? NAMED * weightOf(titlePhrase, weights) : 0;
      // MiniSearch multiplies BM25 by the number of words held, which would favour many common words.
      const bm25 = score / queryTerms.length;
      found.push({ id, place, similarity: similarities[i]!, score: bm25 + bonus });
    }
    found.sort((a, b) => b.score - a.score || a.place - b.place);
    return found.slice(skip, skip + k).map(({ id, similarity }) => ({ id, similarity }));
  }

  /** Of each result, which are all entries that hold a word of the query. Pairs need no index: who holds one holds its words. */
  #similarities(
    query: readonly string[],
    results: readonly SearchResult[],
    entries: readonly Scored[],
  ): Float64Array {
    const similarities = new Float64Array(results.length);
    let total = 0;
    const weigh = (holders: readonly number[]) => {
      const share = idf(this.size + IMAGINED, holders.length) ** 2;
      total += share;
      for (const i of holders) similarities[i]! += share;
    };
    const holding = new Map<string, number[]>(query.map((word) => [word, []]));
    for (const [i, { match }] of results.entries()) {
      for (const word of Object.keys(match)) holding.get(word)!.push(i);
    }
    for (const holders of holding.values()) weigh(holders);
    for (const pair of pairsOf(query)) {
      const together = phraseOf(pair);
      const [rarer, other] = pair.toSorted((a, b) => holding.get(a)!.length - holding.get(b)!.length);
      // Who does not hold the other word need not be searched for the two together.
      const both = holding.get(rarer!)!.filter((i) => Object.hasOwn(results[i]!.match, other!));
      weigh(both.filter((i) => entries[i]!.phrase.includes(together)));
    }
    return similarities.map((held) => Math.min(1, held / total));
  }

  /** Over whole entries, title or text. */
  #weigh(word: string): number {
    return idf(this.size, this.#holders.get(word) ?? 0);
  }

  #count(words: readonly string[], by: 1 | -1): void {
    for (const word of new Set(words)) {
      const holders = (this.#holders.get(word) ?? 0) + by;
      if (holders === 0) this.#holders.delete(word);
      else this.#holders.set(word, holders);
    }
  }
}

/** Inverse document frequency of what `holders` of `size` entries hold. */
function idf(size: number, holders: number): number {
  return Math.log(1 + (size - holders + 0.5) / (holders + 0.5));
}

/** Different pairs of neighbours, in order. */
function pairsOf(words: readonly string[]): (readonly [string, string])[] {
  const pairs = new Map<string, readonly [string, string]>();
  for (const [i, second] of words.slice(1).entries()) {
    const pair = [words[i]!, second] as const;
    pairs.set(phraseOf(pair), pair);
  }
  return [...pairs.values()];
}

/** "Robert M. Young (director)" is named in a question as "Robert M. Young". */
function withoutQualifier(title: string): string {
  return title.replace(/\s*\([^()]*\)\s*$/, "") || title;
}

/** So that a phrase is found in another one at the borders of words only. */
function phraseOf(words: readonly string[]): string {
  return words.length === 0 ? "" : ` ${words.join(" ")} `;
}

function wordsIn(phrase: string): string[] {
  return phrase === "" ? [] : phrase.trim().split(" ");
}

/** Titles that stand in the query in full, and not only as a part of a longer one: no "Here" in "Wish I Was Here". */
function namedTitles(query: string, titles: readonly string[]): Set<string> {
  const named = new Set<string>();
  let rest = query;
  const candidates = [...new Set(titles)].filter((title) => title !== "" && query.includes(title));
  for (const title of candidates.sort((a, b) => b.length - a.length)) {
    if (!rest.includes(title)) continue;
    named.add(title);
    rest = rest.replaceAll(title, " | ");
  }
  return named;
}

function weightOf(phrase: string, weights: ReadonlyMap<string, number>): number {
  return sum([...new Set(wordsIn(phrase))].map((word) => weights.get(word)!));
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
