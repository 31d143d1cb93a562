/**
 * The small files of a WebLLM model that this engine reads itself: configuration, tokenizer, list of weights. WebLLM keeps
 * what it fetches in the browser's caches; there they are looked for first, so that a model that is there runs offline.
 */
import { ModelFileError, ModelUnsupportedError } from "../../terms/errors.ts";
import { type Fetch, fetchFile, parseJson } from "../fetch-file.ts";
import { hashOf } from "../fingerprint.ts";
import { readChatConfig, type WebLlmChatConfig } from "./chat-config.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface WebLlmFiles {
  readonly config: WebLlmChatConfig;
  /** `mlc-chat-config.json` as it stands. */
  readonly fields: Fields;
  readonly tokenizer: unknown;
  /** Empty when the model has none. */
  readonly tokenizerConfig: Fields;
  readonly weightBytes: number;
  /** Hash of weights, tokenizer and all of the configuration that decides about rows. */
  readonly fingerprint: string;
}

export interface ModelFilesOptions {
  /** Address of the weights, as WebLLM's list has it. */
  readonly model: string;
  /** Address of the compiled library. */
  readonly lib: string;
  readonly fetch?: Fetch;
  readonly signal?: AbortSignal | undefined;
}

/** Throws ModelFileError, ModelUnsupportedError, AbortError. */
export async function readModelFiles({
  model,
  lib,
  fetch = fromCaches,
  signal,
}: ModelFilesOptions): Promise<WebLlmFiles> {
  const base = baseOf(model);
  const find = (name: string) => fetchFile(base + name, { fetch, ...(signal && { signal }) });
  const need = async (name: string) => {
    const bytes = await find(name);
    if (bytes) return bytes;
    throw new ModelFileError(`${base}${name} is not there. Check the address of the model.`);
  };
  const fields = parseJson(await need("mlc-chat-config.json"), `${base}mlc-chat-config.json`) as Fields;
  const config = readChatConfig(fields);
  if (!config.tokenizerFiles.includes("tokenizer.json")) {
    throw new ModelUnsupportedError(
      `The model has no tokenizer.json (mlc-chat-config.json: tokenizer_files: ${config.tokenizerFiles.join(", ")}). ` +
        "Use a model that has one.",
    );
  }
  const tokenizerBytes = await need("tokenizer.json");
  const settings = await find("tokenizer_config.json");
  const weights = (await find("tensor-cache.json")) ?? (await need("ndarray-cache.json"));
  const shards = shardsOf(parseJson(weights, `${base}tensor-cache.json`));
  // Without sums the list says nothing of what is in the shards.
  const named = shards.every(({ md5sum }) => typeof md5sum === "string" && md5sum !== "") ? "" : base;
  const decides = [fields.model_config, config.modelType, config.quantization, lib.split("/").at(-1), named];
  return {
    config,
    fields,
    tokenizer: parseJson(tokenizerBytes, `${base}tokenizer.json`),
    tokenizerConfig: settings ? (parseJson(settings, `${base}tokenizer_config.json`) as Fields) : {},
    weightBytes: shards.reduce((sum, { nbytes }) => sum + (Number(nbytes) || 0), 0),
    fingerprint: await hashOf([weights, tokenizerBytes], JSON.stringify(decides)),
  };
}

/** WebLLM adds the branch to an address that names none. */
function baseOf(model: string): string {
  const address = model.endsWith("/") ? model : `${model}/`;
  return /\/resolve\/[^/]+\/$/.test(address) ? address : `${address}resolve/main/`;
}

function shardsOf(list: unknown): readonly Fields[] {
  const { records } = (list ?? {}) as { records?: unknown };
  return Array.isArray(records) ? (records as Fields[]) : [];
}

const fromCaches: Fetch = async (url, init) =>
  (await globalThis.caches?.match(url).catch(() => undefined)) ?? globalThis.fetch(url, init);
