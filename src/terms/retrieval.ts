/** How logs and documents are found, as an option of whoever asks for it. */
import { InputError } from "./errors.ts";

/** By words; by meaning, with an embedder; by both, their rankings fused. */
export const RETRIEVALS = ["lexical", "dense", "fused"] as const;
export type RetrievalKind = (typeof RETRIEVALS)[number];

/** How much each ranking counts where two are fused. */
export interface FusionWeights {
  readonly lexical: number;
  readonly dense: number;
}

/** Numbers of the vectors that are searched: whole, or in 8 bits, which takes a quarter of the memory. */
export const VECTORS = ["float32", "int8"] as const;
export type Vectors = (typeof VECTORS)[number];

export interface Retrieval {
  readonly logs: RetrievalKind;
  readonly documents: RetrievalKind;
  readonly weights: FusionWeights;
  /** Absent: float32. */
  readonly vectors?: Vectors;
}

/** What results depend on: the choice, and which embedder made the vectors. */
export interface RetrievalInUse extends Retrieval {
  /** Fingerprint, or null when none is needed. */
  readonly embedder: string | null;
}

/** What is left out is lexical; weights are 1. */
export type RetrievalOptions = Partial<Omit<Retrieval, "weights">> & {
  readonly weights?: Partial<FusionWeights>;
};

/** One kind for logs and documents alike, or each by its name. Throws InputError. */
export function readRetrieval(options: RetrievalKind | RetrievalOptions = {}): Retrieval {
  if (typeof options === "string") return readRetrieval({ logs: options, documents: options });
  const {
    logs = "lexical",
    documents = "lexical",
    weights = {},
    vectors,
  } = Object(options) as RetrievalOptions;
  return {
    logs: kindOf("retrieval of logs", logs),
    documents: kindOf("retrieval of documents", documents),
    weights: {
      lexical: weightOf("lexical", weights.lexical ?? 1),
      dense: weightOf("dense", weights.dense ?? 1),
    },
    ...(vectors !== undefined && { vectors: vectorsOf(vectors) }),
  };
}

/**
 * The same as it is written in an address or on a command line: `kinds` is "fused", or "fused,lexical" for logs and
 * documents; `weights` is "1,2" for lexical and dense. Throws InputError.
 */
export function parseRetrieval(
  kinds: string | undefined,
  weights: string | undefined,
  vectors?: string | undefined,
): Retrieval {
  const [logs, documents = logs, ...more] = kinds?.split(",") ?? [];
  if (more.length > 0) {
    throw new InputError(
      `retrieval is "${kinds}", expected one of ${RETRIEVALS.join(", ")}, or two with a comma: of logs, of documents.`,
    );
  }
  const [lexical, dense, ...others] = weights?.split(",") ?? [];
  if (weights !== undefined && (!lexical || !dense || others.length > 0)) {
    throw new InputError(
      `fusion is "${weights}", expected two weights with a comma: of lexical, of dense, as in 1,2.`,
    );
  }
  if (weights !== undefined && logs !== "fused" && documents !== "fused") {
    throw new InputError(`fusion is "${weights}", but nothing is found by fused rankings. Leave it out.`);
  }
  if (vectors !== undefined && !needsVectors(logs) && !needsVectors(documents)) {
    throw new InputError(`vectors is "${vectors}", but nothing is found by vectors. Leave it out.`);
  }
  return readRetrieval({
    ...(vectors === undefined ? {} : { vectors: vectors as Vectors }),
    ...(logs === undefined ? {} : { logs: logs as RetrievalKind, documents: documents as RetrievalKind }),
    ...(weights === undefined ? {} : { weights: { lexical: Number(lexical), dense: Number(dense) } }),
  });
}

/** Whether an embedder is needed for it. */
export function needsEmbedder({ logs, documents }: Retrieval): boolean {
  return logs !== "lexical" || documents !== "lexical";
}

function needsVectors(kind: string | undefined): boolean {
  return kind !== undefined && kind !== "lexical";
}

function vectorsOf(value: unknown): Vectors {
  const known = VECTORS.find((one) => one === value);
  if (known !== undefined) return known;
  throw new InputError(
    `vectors is ${JSON.stringify(value)}, expected one of ${VECTORS.join(", ")}. Leave it out for float32.`,
  );
}

function kindOf(what: string, value: unknown): RetrievalKind {
  const kind = RETRIEVALS.find((known) => known === value);
  if (kind !== undefined) return kind;
  throw new InputError(
    `The ${what} is ${JSON.stringify(value)}, expected one of ${RETRIEVALS.join(", ")}. Choose one of them.`,
  );
}

function weightOf(name: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && Number.isFinite(value)) return value;
  throw new InputError(
    `The weight of the ${name} ranking is ${value}, expected a number above 0. Choose ` +
      `${name === "dense" ? "lexical" : "dense"} retrieval to leave it out.`,
  );
}
