/**
 * Options in the page's address, for automation and for trying things out:
 *   ?backend=auto|webgpu|wasm   where the model runs (default auto: WebGPU, else wasm with a notice)
 *   ?model=URL                  a model folder on this origin (default: the embedded model), or web-llm:ID, a model of
 *                               WebLLM's own list, or web-llm:ID?model=URL&lib=URL (encoded) of its files' addresses.
 *                               One that needs more memory than the browser tells of is loaded if a person insists
 *   ?stored=KEY                 a model that was downloaded in this browser, instead
 *   ?bank=NAME                  the IndexedDB database that holds the logs (default "web-lag")
 *   ?retrieval=KIND             how logs and documents are found: lexical (default), dense or fused; with a comma,
 *                               as in fused,lexical, logs and documents each by their own
 *   ?fusion=L,D                 weights of the lexical and the dense ranking in fused retrieval (default 1,1)
 *   ?embedder=URL               a sentence embedder's folder on this origin (default: the embedded one), or hub:ID, one
 *                               of a hub, which is fetched as far as it is not in this browser, or stored:KEY, one that is
 *   ?vectors=float32|int8       numbers of the vectors that are searched in memory (default float32)
 *   ?thoughts=drop|keep|off     whether what a thinking model thinks stands in its traces (default drop), or is left
 *                               out by telling it not to think
 */
import type { BackendChoice, LoadOptions } from "../client/protocol.ts";
import { InputError } from "../terms/errors.ts";
import { parseRetrieval, type Retrieval } from "../terms/retrieval.ts";
import { readThoughts } from "../terms/thoughts.ts";
import { isWebLlmAddress, readWebLlmAddress } from "../terms/web-llm-address.ts";
import { texts } from "./texts/texts.ts";

const BACKENDS: readonly BackendChoice[] = ["auto", "webgpu", "wasm"];

const EMBEDDED_RETRIEVER = "models/embedded-retriever/";

/** Every option has a value. */
export type PageOptions = Required<Omit<LoadOptions, "model" | "embedder" | "tokensAtOnce">> &
  Pick<LoadOptions, "model" | "embedder"> & { readonly retrieval: Retrieval };

/** Reads `search` ("?backend=wasm…"). `base` is the address of the page's folder. Throws InputError. */
export function readOptions(search: string, base: string): PageOptions {
  const given = new URLSearchParams(search);
  const backend = given.get("backend") ?? "auto";
  if (!BACKENDS.includes(backend as BackendChoice)) {
    throw new InputError(texts.address.backend(backend, BACKENDS.join(", ")));
  }
  const stored = given.get("stored");
  return {
    ...(stored && { model: { stored } }),
    backend: backend as BackendChoice,
    modelUrl: modelOf(given.get("model") ?? "models/embedded/", base),
    bankName: given.get("bank") || "web-lag",
    retrieval: parseRetrieval(
      given.get("retrieval") ?? undefined,
      given.get("fusion") ?? undefined,
      given.get("vectors") ?? undefined,
    ),
    ...embedderOf(given.get("embedder") ?? EMBEDDED_RETRIEVER, base),
    thoughts: readThoughts(given.get("thoughts") ?? undefined),
    anyMemory: true, // the page asks first by itself, and offers its own model instead
  };
}

/** A folder on this origin, or the address of a WebLLM model. */
function modelOf(given: string, base: string): string {
  if (!isWebLlmAddress(given)) return folderOf("model", given, base);
  readWebLlmAddress(given);
  return given;
}

/** A folder on this origin, or what names an embedder that has none: then the folder is the default's, and not used. */
function embedderOf(given: string, base: string): Pick<PageOptions, "embedder" | "embedderUrl"> {
  const [, where, name] = /^(hub|stored):(.+)$/.exec(given) ?? [];
  if (name === undefined) return { embedderUrl: folderOf("embedder", given, base) };
  const embedder = where === "hub" ? name : { stored: name };
  return { embedder, embedderUrl: folderOf("embedder", EMBEDDED_RETRIEVER, base) };
}

function folderOf(option: string, given: string, base: string): string {
  const folder = new URL(given, base);
  if (folder.origin !== new URL(base).origin) {
    throw new InputError(texts.address.otherOrigin(option, folder.href));
  }
  if (!folder.pathname.endsWith("/")) folder.pathname += "/";
  return folder.href;
}
