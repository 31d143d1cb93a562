/**
 * Opens a model folder as Hugging Face ONNX exports lay it out, on the page's own origin, and says which file is at
 * fault when one is missing, cut off or something else than it should be. The weights come last and when asked for:
 * `config.json` may offer several, and only who knows the GPU can choose.
 */
import { ModelFileError, ModelUnsupportedError } from "../terms/errors.ts";
import { parseJson } from "./fetch-file.ts";
import { type FolderFiles, type FolderFilesOptions, type JsonFields, openFolder } from "./folder-files.ts";
import { type ModelConfig, readModelConfig } from "./model-config.ts";
import { externalFiles } from "./onnx/external-data.ts";

/** All of a model folder but its weights. */
export interface ModelFolder {
  /** The last part of the folder's path. */
  readonly name: string;
  readonly config: ModelConfig;
  /** `config.json` as it stands. */
  readonly configFields: JsonFields;
  readonly tokenizer: unknown;
  readonly tokenizerBytes: Uint8Array<ArrayBuffer>;
  readonly tokenizerConfig: JsonFields;
  /** Empty when the folder has no `generation_config.json`. */
  readonly generationConfig: JsonFields;
  readonly chatTemplate: string;
  /** What the model must compute, when the folder says so. */
  readonly selfTest: StoredLogits | undefined;
  /** Fetches the weights at this path in the folder, and what lies beside them. Throws ModelFileError, AbortError. */
  fetchWeights(path: string): Promise<ModelWeights>;
}

export interface ModelWeights {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly externalData: readonly ExternalFile[];
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

/** Throws ModelFileError, ModelUnsupportedError, AbortError. */
export async function openModelFolder(url: string, options: FolderFilesOptions = {}): Promise<ModelFolder> {
  const files = openFolder(url, options);
  // What decides whether the model can run at all comes before the large files.
  const configFields = await files.needJson("config.json");
  const config = readModelConfig(configFields);
  const [tokenizerBytes, tokenizerConfig, generationConfig, selfTest] = await Promise.all([
    files.need("tokenizer.json"),
    files.needJson("tokenizer_config.json"),
    files.findJson("generation_config.json"),
    files.findJson("self-test.json"),
  ]);
  return {
    name: files.name,
    config,
    configFields,
    tokenizer: parseJson(tokenizerBytes, files.at("tokenizer.json")),
    tokenizerBytes,
    tokenizerConfig,
    generationConfig: generationConfig ?? {},
    chatTemplate: await findTemplate(tokenizerConfig, files),
    selfTest: selfTest === undefined ? undefined : asStoredLogits(selfTest, files.at("self-test.json")),
    fetchWeights: (path) => fetchWeights(files, path),
  };
}

/** The graph at `path` in the folder and what it names beside it. Throws ModelFileError, AbortError. */
export async function fetchWeights(files: FolderFiles, path: string): Promise<ModelWeights> {
  const model = await files.needWeights(path);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const externalData = await Promise.all(
    externalFiles(model, files.at(path)).map(async (name) => ({
      path: name,
      data: await files.needWeights(folder + name),
    })),
  );
  files.complete(path);
  return { model, externalData };
}

/** The template stands in the tokenizer's configuration, or in a file of its own in newer exports. */
async function findTemplate(tokenizerConfig: JsonFields, files: FolderFiles): Promise<string> {
  const own = templateOf(tokenizerConfig.chat_template);
  if (own !== undefined) return own;
  const file = await files.find("chat_template.jinja");
  if (file !== undefined) return new TextDecoder().decode(file);
  const json = await files.findJson("chat_template.json");
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

function asStoredLogits(value: JsonFields, file: string): StoredLogits {
  const numbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.length > 0 && list.every((item) => typeof item === "number");
  const { ids, logits } = value;
  if (numbers(ids) && numbers(logits)) return { ids, logits };
  throw new ModelFileError(
    `${file} needs "ids" and "logits", both lists of numbers. Download the file again.`,
  );
}
