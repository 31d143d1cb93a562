/** What a load asks for → how logs and documents are found, and the embedder that both share. */
import type { LoadOptions } from "../src/client/protocol.ts";
import { type LoadEmbedderOptions, loadEmbedder } from "../src/embed/load-embedder.ts";
import type { OnnxEmbedder } from "../src/embed/onnx-embedder.ts";
import { createDense, createIndex } from "../src/retrieve/choose-index.ts";
import { InputError, isNamed, ModelFileError, messageOf } from "../src/terms/errors.ts";
import { needsEmbedder, type Retrieval, readRetrieval } from "../src/terms/retrieval.ts";
import { openStored } from "./open-model.ts";

export interface OpenedRetrieval {
  readonly asked: Retrieval;
  /** Null when nothing needs it. Rejects with an error that names its folder. */
  readonly embedder: Promise<OnnxEmbedder> | null;
  createDenseLogs(): ReturnType<typeof createDense>;
  createDocumentIndex(): ReturnType<typeof createIndex>;
}

/** Begins to load the embedder where one is needed. Throws InputError. */
export function openRetrieval(
  { retrieval, ...named }: Pick<LoadOptions, "retrieval" | keyof Named>,
  options: Omit<LoadEmbedderOptions, "modelUrl" | "weights" | "fetch">,
): OpenedRetrieval {
  const asked = readRetrieval(retrieval);
  const { weights, vectors } = asked;
  const embedder = needsEmbedder(asked) ? openEmbedder(asked, named, options) : null;
  return {
    asked,
    embedder,
    createDenseLogs: () => createDense({ kind: asked.logs, weights, vectors, embedder }),
    createDocumentIndex: () => createIndex({ kind: asked.documents, weights, vectors, embedder }),
  };
}

/** How a load names its embedder. */
type Named = Pick<LoadOptions, "embedder" | "embedderUrl">;

function openEmbedder(
  { logs, documents }: Retrieval,
  { embedder: kept, embedderUrl: url }: Named,
  options: Omit<LoadEmbedderOptions, "modelUrl">,
): Promise<OnnxEmbedder> {
  if (url === undefined && kept === undefined) {
    throw new InputError(
      `Logs are to be found by ${logs} and documents by ${documents} retrieval, which needs an embedder, and ` +
        "embedderUrl is missing. Give the URL of its folder, or choose lexical.",
    );
  }
  const embedder = openStored(kept)
    .then((stored) => loadEmbedder({ ...(stored ?? { modelUrl: url! }), ...options }))
    .catch((error: unknown) => {
      if (isNamed(error, "AbortError")) throw error;
      const name = kept === undefined ? ` ${url}` : "";
      throw new ModelFileError(
        `The embedder${name} cannot be loaded, and retrieval by meaning needs it: ${messageOf(error)} ` +
          "Or choose lexical retrieval.",
      );
    });
  // Whoever searches hears of it.
  embedder.catch(() => {});
  return embedder;
}
