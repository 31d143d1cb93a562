/** The corpora that the page can choose from: the built-in one, and those made of files that this browser has imported. */
import type { Document } from "../../terms/document.ts";
import { InputError } from "../../terms/errors.ts";
import { texts } from "../texts/texts.ts";
import { describeBadLine, parseCorpus } from "./corpus-jsonl.ts";

export interface ExampleQuestion {
  readonly question: string;
  /** The same question in other words: its log is what the first one leaves. */
  readonly rewording: string;
}

/** What rests in the page's database until a person deletes it. */
export interface ImportedCorpus {
  readonly name: string;
  readonly documents: readonly Document[];
  /** Milliseconds since 1970. */
  readonly importedAt: number;
}

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
  if (!response.ok) throw new InputError(texts.documents.notFetched(path, response.status));
  return response.text();
}
