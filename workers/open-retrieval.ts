/** What a load asks for → how logs and documents are found, and the embedder that both share. */
import type { LoadOptions } from "../src/client/protocol.ts";
import { type LoadEmbedderOptions, loadEmbedder } from "../src/embed/load-embedder.ts";
import type { OnnxEmbedder } from "../src/embed/onnx-embedder.ts";
import { createDense, createIndex } from "../src/retrieve/choose-index.ts";
import { InputError, isNamed, ModelFileError, messageOf } from "../src/terms/errors.ts";
import { needsEmbedder, type Retrieval, readRetrieval } from "../src/terms/retrieval.ts";

export interface OpenedRetrieval {
  readonly asked: Retrieval;
  /** Null when nothing needs it. Rejects with an error that names its folder. */
  readonly embedder: Promise<OnnxEmbedder> | null;
  createDenseLogs(): ReturnType<typeof createDense>;
  createDocumentIndex(): ReturnType<typeof createIndex>;
}

/** Begins to load the embedder where one is needed. Throws InputError. */
export function openRetrieval(
  { retrieval, embedderUrl }: Pick<LoadOptions, "retrieval" | "embedderUrl">,
  options: Omit<LoadEmbedderOptions, "modelUrl" | "weights">,
): OpenedRetrieval {
  const asked = readRetrieval(retrieval);
  const { weights, vectors } = asked;
  const embedder = needsEmbedder(asked) ? openEmbedder(asked, embedderUrl, options) : null;
  return {
    asked,
    embedder,
    createDenseLogs: () => createDense({ kind: asked.logs, weights, vectors, embedder }),
    createDocumentIndex: () => createIndex({ kind: asked.documents, weights, vectors, embedder }),
  };
}

function openEmbedder(
  { logs, documents }: Retrieval,
  url: string | undefined,
  options: Omit<LoadEmbedderOptions, "modelUrl">,
): Promise<OnnxEmbedder> {
  if (url === undefined) {
    throw new InputError(
      `Logs are to be found by ${logs} and documents by ${documents} retrieval, which needs an embedder, and ` +
        "embedderUrl is missing. Give the URL of its folder, or choose lexical.",
    );
  }
  const embedder = loadEmbedder({ modelUrl: url, ...options }).catch((error: unknown) => {
    if (isNamed(error, "AbortError")) throw error;
    throw new ModelFileError(
      `The embedder ${url} cannot be loaded, and retrieval by meaning needs it: ${messageOf(error)} ` +
        "Or choose lexical retrieval.",
    );
  });
  // Whoever searches hears of it.
  embedder.catch(() => {});
  return embedder;
}
