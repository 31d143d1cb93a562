/** How logs and documents are found, as options of a command: read, checked, and said to the page in its address. */
import { parseRetrieval, RETRIEVALS, type Retrieval, VECTORS } from "../../src/terms/retrieval.ts";

export const RETRIEVAL_OPTIONS = {
  retrieval: { type: "string" },
  fusion: { type: "string" },
  embedder: { type: "string" },
  vectors: { type: "string" },
} as const;

/** Where the page looks when it is told nothing else. */
const EMBEDDER = "models/embedded-retriever";

export const RETRIEVAL_USAGE = `\
  --retrieval KIND           how logs and documents are found: ${RETRIEVALS.join(", ")} (default lexical);
                             two with a comma: of logs, of documents
  --fusion L,D               weights of the lexical and the dense ranking where they are fused (default 1,1)
  --embedder PATH            folder of the sentence embedder in the page (default ${EMBEDDER})
  --vectors ${VECTORS.join("|").padEnd(17)}numbers of the vectors in memory (default float32)`;

export interface RetrievalGiven {
  readonly retrieval: Retrieval;
  /** Path in the page. */
  readonly embedder: string;
  /** The page's options that say the same. */
  readonly query: Readonly<Record<string, string>>;
}

type Values = Partial<Record<keyof typeof RETRIEVAL_OPTIONS, string>>;

/** Throws InputError. */
export function retrievalOf({ retrieval, fusion, embedder, vectors }: Values): RetrievalGiven {
  const given = { retrieval, fusion, embedder, vectors };
  return {
    retrieval: parseRetrieval(retrieval, fusion, vectors),
    embedder: embedder ?? EMBEDDER,
    query: Object.fromEntries(
      Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}
