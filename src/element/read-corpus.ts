/** The `corpus` attribute: address of a file of JSON lines, `{"title": …, "text": …}`, fetched once a page. */
import { describeBadLine, parseCorpus } from "../app/documents/corpus-jsonl.ts";
import type { Document } from "../terms/document.ts";
import { InputError, messageOf } from "../terms/errors.ts";

const read = new Map<string, Promise<readonly Document[]>>();

/** Throws InputError. A file that failed is fetched again by the next call. */
export function readCorpus(url: string): Promise<readonly Document[]> {
  let corpus = read.get(url);
  if (!corpus) {
    corpus = fetchCorpus(url);
    read.set(url, corpus);
    corpus.catch(() => read.delete(url));
  }
  return corpus;
}

async function fetchCorpus(url: string): Promise<readonly Document[]> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new InputError(`The corpus ${url} could not be fetched: ${messageOf(error)}`);
  });
  if (!response.ok) {
    throw new InputError(
      `The corpus ${url} could not be fetched (status ${response.status}). Correct \`corpus\`.`,
    );
  }
  const { documents, badLines } = parseCorpus(await response.text());
  if (badLines.length > 0) {
    throw new InputError(
      `The corpus ${url} has bad lines: ${badLines.slice(0, 3).map(describeBadLine).join("; ")}.`,
    );
  }
  return documents;
}
