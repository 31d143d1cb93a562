/** The corpora that the page can choose from: the built-in one, and files that this browser has imported. */
import type { Document } from "../../terms/document.ts";
import { InputError } from "../../terms/errors.ts";
import { describeBadLine, type ParsedCorpus, parseCorpus } from "./corpus-jsonl.ts";

export interface ExampleQuestion {
  readonly question: string;
  /** The same question in other words: its log is what the first one leaves. */
  readonly rewording: string;
}

const FOLDER = "corpora/imported/";

export async function fetchSample(): Promise<readonly Document[]> {
  const { documents, badLines } = parseCorpus(await fetchText("corpora/sample.jsonl"));
  if (badLines.length > 0)
    throw new InputError(`corpora/sample.jsonl: ${badLines.map(describeBadLine).join("; ")}.`);
  return documents;
}

export async function fetchExamples(): Promise<readonly ExampleQuestion[]> {
  return JSON.parse(await fetchText("corpora/sample-questions.json"));
}

async function fetchText(path: string): Promise<string> {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok)
    throw new InputError(`${path} could not be fetched (status ${response.status}). Reload the page.`);
  return response.text();
}

export async function keepImported(name: string, text: string): Promise<void> {
  await (await openCache()).put(addressOf(name), new Response(text));
}

/** Names of imported files, in order of their import. */
export async function listImported(): Promise<string[]> {
  const requests = await (await openCache()).keys();
  return requests.map(({ url }) => decodeURIComponent(url.slice(addressOf("").length)));
}

export async function readImported(name: string): Promise<ParsedCorpus> {
  const kept = await (await openCache()).match(addressOf(name));
  if (!kept) throw new InputError(`The imported corpus "${name}" is no longer there. Import the file again.`);
  return parseCorpus(await kept.text());
}

/**
 * Imported files rest in the browser's cache storage, as text, until the site's data is cleared. All pages of an
 * origin share that storage, so each folder has a cache of its own.
 */
function openCache(): Promise<Cache> {
  return caches.open(`web-lag-corpora ${new URL(".", document.baseURI).href}`);
}

function addressOf(name: string): string {
  return new URL(FOLDER, document.baseURI).href + encodeURIComponent(name);
}
