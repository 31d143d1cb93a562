/**
 * What a folder in the layout of sentence-transformers says about how the states of tokens become one vector. What
 * it asks for and this runtime does not do is refused: a vector computed otherwise would find the wrong texts.
 */
import type { FolderFiles, JsonFields } from "../engine/folder-files.ts";
import type { TextRole } from "../retrieve/text-embedder.ts";
import { ModelFileError, ModelUnsupportedError } from "../terms/errors.ts";

export type Pooling = "mean" | "cls";

export interface EmbedderConfig {
  /** Numbers of a vector. */
  readonly dimension: number;
  readonly pooling: Pooling;
  /** Vectors get length one. */
  readonly normalise: boolean;
  /** Tokens of a text that are read, its frame included. */
  readonly maxTokens: number;
  readonly lowerCase: boolean;
  /** Id behind the end of a text that is shorter than others of its batch. */
  readonly padId: number;
  /** What stands in front of a text. */
  readonly prompts: Readonly<Record<TextRole, string>>;
}

/** `modules.json`, in the order in which they run. */
interface Module {
  /** The last part of its class. */
  readonly kind: string;
  /** Its folder. */
  readonly path: string;
}

const CURE = "Correct the file, or download the model folder again.";

/** Throws ModelFileError, ModelUnsupportedError, AbortError. */
export async function readEmbedderConfig(
  files: FolderFiles,
  tokenizerConfig: JsonFields,
): Promise<EmbedderConfig> {
  const modules = readModules(await files.needJsonList("modules.json"), files.at("modules.json"));
  const poolingFile = `${modules[1]!.path}/config.json`;
  const [model, poolingFields, sentence = {}, ours = {}] = await Promise.all([
    files.needJson("config.json"),
    files.needJson(poolingFile),
    files.findJson("sentence_bert_config.json"),
    files.findJson("config_sentence_transformers.json"),
  ]);
  const pooling = readPooling(poolingFields, files.at(poolingFile));
  const prompts = readPrompts(ours, files.at("config_sentence_transformers.json"));
  if (poolingFields.include_prompt === false && (prompts.query !== "" || prompts.document !== "")) {
    throw new ModelUnsupportedError(
      `${files.at(poolingFile)} leaves the prompt out of pooling (include_prompt: false), which is not supported. ` +
        "Use another embedder.",
    );
  }
  return {
    dimension: wholeNumber(
      poolingFields,
      "embedding_dimension" in poolingFields ? "embedding_dimension" : "word_embedding_dimension",
      files.at(poolingFile),
    ),
    pooling,
    normalise: modules.length === 3,
    maxTokens: readMaxTokens({ sentence, model, tokenizerConfig }, files.at("sentence_bert_config.json")),
    lowerCase: sentence.do_lower_case === true,
    padId: typeof model.pad_token_id === "number" ? model.pad_token_id : 0,
    prompts,
  };
}

/** A transformer, a pooling, and perhaps the step to length one: nothing else is done here. */
function readModules(list: readonly unknown[], file: string): readonly Module[] {
  const modules = list.map((item): Module => {
    const { type, path } = (item ?? {}) as { type?: unknown; path?: unknown };
    if (typeof type === "string" && typeof path === "string") return { kind: type.split(".").at(-1)!, path };
    throw new ModelFileError(
      `${file}: a module is ${JSON.stringify(item)}, expected an object with "type" and "path". ${CURE}`,
    );
  });
  const chain = modules.map(({ kind }) => kind).join(", ");
  if (["Transformer, Pooling", "Transformer, Pooling, Normalize"].includes(chain)) return modules;
  throw new ModelUnsupportedError(
    `${file} has the modules ${chain || "(none)"}, expected Transformer, Pooling and at most Normalize. ` +
      "Use an embedder without others.",
  );
}

/** By name in files of sentence-transformers 5.7, by flags in older ones. */
function readPooling(fields: JsonFields, file: string): Pooling {
  const named = [fields.pooling_mode ?? []].flat();
  const flags = Object.keys(fields).filter((key) => key.startsWith("pooling_mode_") && fields[key] === true);
  const modes = [...named, ...flags];
  if (modes.length === 1 && ["mean", "pooling_mode_mean_tokens"].includes(String(modes[0]))) return "mean";
  if (modes.length === 1 && ["cls", "pooling_mode_cls_token"].includes(String(modes[0]))) return "cls";
  throw new ModelUnsupportedError(
    `${file} pools by ${modes.join(" and ") || "nothing"}, expected mean (pooling_mode_mean_tokens) or cls ` +
      "(pooling_mode_cls_token). Use an embedder that pools so.",
  );
}

/** Where the folder's own limit is missing, what the graph and the tokenizer were made for. */
function readMaxTokens(
  { sentence, model, tokenizerConfig }: Record<"sentence" | "model" | "tokenizerConfig", JsonFields>,
  file: string,
): number {
  const own = sentence.max_seq_length;
  if (own !== undefined && own !== null) return wholeNumber(sentence, "max_seq_length", file);
  const limits = [model.max_position_embeddings, tokenizerConfig.model_max_length];
  const known = limits.filter((limit) => typeof limit === "number" && limit >= 1) as number[];
  if (known.length > 0) return Math.min(...known);
  throw new ModelFileError(
    `${file} has no max_seq_length, and config.json no max_position_embeddings: expected the most tokens of a text. ` +
      "Add max_seq_length.",
  );
}

/** Names as sentence-transformers looks for them. */
function readPrompts(fields: JsonFields, file: string): Record<TextRole, string> {
  const prompts = Object(fields.prompts ?? {}) as JsonFields;
  const promptOf = (...names: unknown[]): string => {
    const name = names.find((name) => typeof name === "string" && name in prompts) as string | undefined;
    const prompt = name === undefined ? "" : prompts[name];
    if (typeof prompt === "string") return prompt;
    throw new ModelFileError(
      `${file}: the prompt ${name} is ${JSON.stringify(prompt)}, expected text. ${CURE}`,
    );
  };
  const other = fields.default_prompt_name;
  return {
    query: promptOf("query", other),
    document: promptOf("document", "passage", "corpus", other),
  };
}

function wholeNumber(fields: JsonFields, name: string, file: string): number {
  const value = fields[name];
  if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
  throw new ModelFileError(
    `${file}: ${name} is ${value === undefined ? "missing" : JSON.stringify(value)}, expected a whole number of at least 1. ${CURE}`,
  );
}
