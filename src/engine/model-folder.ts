/**
 * Fetches a model folder as Hugging Face ONNX exports lay it out, from the page's own origin, and says which
 * file is at fault when one is missing, cut off or something else than it should be.
 */
import { ModelFileError, ModelUnsupportedError } from "../terms/errors.ts";
import { type Fetch, fetchFile, parseJson } from "./fetch-file.ts";
import { type ModelConfig, readModelConfig } from "./model-config.ts";
import { externalFiles } from "./onnx/external-data.ts";

export interface ModelFolder {
  /** The last part of the folder's path. */
  readonly name: string;
  readonly config: ModelConfig;
  /** `config.json` as it stands. */
  readonly configFields: Readonly<Record<string, unknown>>;
  readonly tokenizer: unknown;
  readonly tokenizerBytes: Uint8Array<ArrayBuffer>;
  readonly tokenizerConfig: Readonly<Record<string, unknown>>;
  /** Empty when the folder has no `generation_config.json`. */
  readonly generationConfig: Readonly<Record<string, unknown>>;
  readonly chatTemplate: string;
  readonly model: Uint8Array<ArrayBuffer>;
  readonly externalData: readonly ExternalFile[];
  /** What the model must compute, when the folder says so. */
  readonly selfTest: StoredLogits | undefined;
}

export interface ExternalFile {
  readonly path: string;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** `self-test.json`: logits of the last of `ids`. */
export interface StoredLogits {
  readonly ids: readonly number[];
  readonly logits: readonly number[];
}

export interface FolderProgress {
  readonly file: string;
  /** Bytes that have arrived, of all files. */
  readonly loaded: number;
  /** Bytes of all files whose size is known by now. */
  readonly total: number;
}

export interface LoadFolderOptions {
  /** Path of the weights in the folder. Default "onnx/model.onnx". */
  readonly weights?: string;
  readonly fetch?: Fetch;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FolderProgress) => void;
}

/** Throws ModelFileError, ModelUnsupportedError, AbortError. */
export async function loadModelFolder(url: string, options: LoadFolderOptions = {}): Promise<ModelFolder> {
  const base = url.endsWith("/") ? url : `${url}/`;
  checkOrigin(base);
  const {
    weights = "onnx/model.onnx",
    fetch = (address, init) => globalThis.fetch(address, init),
    signal,
  } = options;
  let loaded = 0;
  let total = 0;
  // Before the weights answer, the total would be that of a few small files, and the whole look nearly done.
  let sizeKnown = false;
  const find = (file: string) =>
    fetchFile(base + file, {
      fetch,
      ...(signal ? { signal } : {}),
      onSize: (bytes) => {
        total += bytes;
        sizeKnown ||= file === weights;
      },
      onBytes: (bytes) => {
        loaded += bytes;
        total = Math.max(total, loaded);
        sizeKnown ||= file === weights;
        if (sizeKnown) options.onProgress?.({ file, loaded, total });
      },
    });
  const need = async (file: string) => {
    const bytes = await find(file);
    if (bytes === undefined) {
      throw new ModelFileError(`${base}${file} is not there. A model folder needs it: complete the folder.`);
    }
    return bytes;
  };
  const findJson = async (file: string) => {
    const bytes = await find(file);
    return bytes === undefined ? undefined : asObject(parseJson(bytes, base + file), base + file);
  };

  // What decides whether the model can run at all comes before the large files.
  const configFields = asObject(
    parseJson(await need("config.json"), `${base}config.json`),
    `${base}config.json`,
  );
  const config = readModelConfig(configFields);
  const [tokenizerBytes, tokenizerConfigBytes, generationConfig, selfTest, model] = await Promise.all([
    need("tokenizer.json"),
    need("tokenizer_config.json"),
    findJson("generation_config.json"),
    findJson("self-test.json"),
    need(weights),
  ]);
  const tokenizerConfig = asObject(
    parseJson(tokenizerConfigBytes, `${base}tokenizer_config.json`),
    `${base}tokenizer_config.json`,
  );
  const chatTemplate = await findTemplate(tokenizerConfig, find, findJson);
  const folder = weights.slice(0, weights.lastIndexOf("/") + 1);
  const externalData = await Promise.all(
    externalFiles(model, base + weights).map(async (path) => ({ path, data: await need(folder + path) })),
  );
  return {
    name: base.split("/").filter(Boolean).at(-1) ?? base,
    config,
    configFields,
    tokenizer: parseJson(tokenizerBytes, `${base}tokenizer.json`),
    tokenizerBytes,
    tokenizerConfig,
    generationConfig: generationConfig ?? {},
    chatTemplate,
    model,
    externalData,
    selfTest: selfTest === undefined ? undefined : asStoredLogits(selfTest, `${base}self-test.json`),
  };
}

/** The template stands in the tokenizer's configuration, or in a file of its own in newer exports. */
async function findTemplate(
  tokenizerConfig: Readonly<Record<string, unknown>>,
  find: (file: string) => Promise<Uint8Array | undefined>,
  findJson: (file: string) => Promise<Readonly<Record<string, unknown>> | undefined>,
): Promise<string> {
  const own = templateOf(tokenizerConfig.chat_template);
  if (own !== undefined) return own;
  const file = await find("chat_template.jinja");
  if (file !== undefined) return new TextDecoder().decode(file);
  const json = await findJson("chat_template.json");
  const stored = templateOf(json?.chat_template);
  if (stored !== undefined) return stored;
  throw new ModelUnsupportedError(
    "The model folder has no chat template (tokenizer_config.json: chat_template, chat_template.jinja). " +
      "Use a model that was tuned for conversation.",
  );
}

/** Either one template or a list of named ones, of which "default" is meant. */
function templateOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (!Array.isArray(value)) return undefined;
  const named = value as { name?: unknown; template?: unknown }[];
  const chosen = named.find(({ name }) => name === "default")?.template;
  return typeof chosen === "string" ? chosen : undefined;
}

function asObject(value: unknown, file: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new ModelFileError(`${file} is not a JSON object. Download the model folder again.`);
}

function asStoredLogits(value: Readonly<Record<string, unknown>>, file: string): StoredLogits {
  const numbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length > 0 && list.every((item) => typeof item === "number");
  const { ids, logits } = value;
  if (numbers(ids) && numbers(logits)) return { ids, logits };
  throw new ModelFileError(
    `${file} needs "ids" and "logits", both lists of numbers. Download the file again.`,
  );
}

/** A page may run only models that its own server gives out. */
function checkOrigin(base: string): void {
  const page = (globalThis as { location?: { origin: string; href: string } }).location;
  if (page === undefined) return;
  const origin = new URL(base, page.href).origin;
  if (origin !== page.origin) {
    throw new ModelFileError(
      `The model folder ${base} is at ${origin}, the page at ${page.origin}. Put the folder on the page's own server.`,
    );
  }
}
