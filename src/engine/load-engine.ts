/** The composition: a model folder's URL in, a tested Engine out. */
import { throwIfAborted } from "../terms/errors.ts";
import { readThoughts, type Thoughts } from "../terms/thoughts.ts";
import { createChatTemplate, type TemplateTokens } from "./chat-template.ts";
import type { Backend, Engine, ModelInfo } from "./engine.ts";
import type { Fetch } from "./fetch-file.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { LagEngine, readTokensAtOnce } from "./lag-engine.ts";
import { type ModelFolder, openModelFolder } from "./model-folder.ts";
import { configureRuntime, type RuntimeOptions } from "./onnx/session.ts";
import { openWeights } from "./open-weights.ts";
import { createTokenizer } from "./tokenizer.ts";
import { tokenText, turnEndsOf } from "./turn-ends.ts";

export interface LoadEngineOptions {
  /** URL of a model folder on the page's own origin. */
  readonly modelUrl: string;
  readonly backend: "auto" | Backend;
  /** Positions to keep room for. Default: what the model was made for, at most 4096. */
  readonly capacity?: number;
  /** Path of the weights in the folder. Default: of those that the folder offers, what suits the backend best. */
  readonly weights?: string;
  /** What becomes of what the model thinks before it speaks. Default `drop`. */
  readonly thoughts?: Thoughts;
  /** Tokens of a prompt that run at once. Default 512, fewer where their logits would take too much memory. */
  readonly tokensAtOnce?: number;
  readonly runtime?: RuntimeOptions;
  /** Default: the platform's own. */
  readonly fetch?: Fetch;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EngineProgress) => void;
}

/** `progress` is in [0, 1], `loaded` and `total` are bytes of the model folder. */
export interface EngineProgress {
  readonly phase: "fetch" | "compile" | "self-test" | "ready";
  readonly progress: number;
  readonly loaded: number;
  readonly total: number;
  readonly file?: string;
  readonly text: string;
}

/** How far the whole is when a phase begins. Fetching fills the time up to "compile". */
const PROGRESS = { fetch: 0, compile: 0.8, "self-test": 0.9, ready: 1 } as const;

/** Throws ModelFileError, ModelUnsupportedError, GpuUnavailableError, AbortError. */
export async function loadEngine(options: LoadEngineOptions): Promise<Engine> {
  const { modelUrl, backend, signal } = options;
  const thoughts = readThoughts(options.thoughts);
  const tokensAtOnce = readTokensAtOnce(options.tokensAtOnce);
  if (options.runtime) configureRuntime(options.runtime);
  let loaded = 0;
  let total = 0;
  let furthest = 0;
  const report = (phase: EngineProgress["phase"], text: string, file?: string) => {
    const fetched = phase === "fetch" && total > 0 ? PROGRESS.compile * (loaded / total) : 0;
    // A second attempt to open the model is no step back, nor are the other weights that it may need.
    furthest = Math.max(furthest, fetched, PROGRESS[phase]);
    options.onProgress?.({ phase, progress: furthest, loaded, total, text, ...(file ? { file } : {}) });
  };

  const folder = await openModelFolder(modelUrl, {
    ...(options.fetch ? { fetch: options.fetch } : {}),
    ...(signal ? { signal } : {}),
    onProgress: (step) => {
      loaded = step.loaded;
      total = step.total;
      report("fetch", `Fetching ${step.file}`, step.file);
    },
  });
  const tokenizer = createTokenizer(folder.tokenizer, folder.tokenizerConfig);
  const template = createChatTemplate(folder.chatTemplate, templateTokens(folder), tokenizer);
  let fingerprint = "";
  const fetched: ModelFolder = {
    ...folder,
    async fetchWeights(path) {
      const weights = await folder.fetchWeights(path);
      // Hashing copies them for a moment, and so does opening them: one after the other.
      fingerprint = await fingerprintOf({ ...folder, ...weights, rotary: folder.config.rotary });
      return weights;
    },
  };
  const { decoder, weights, notices } = await openWeights(fetched, {
    backend,
    ...(options.weights ? { path: options.weights } : {}),
    ...(options.capacity ? { capacity: options.capacity } : {}),
    ...(signal ? { signal } : {}),
    onPhase: report,
  });
  if (signal?.aborted) await decoder.dispose();
  throwIfAborted(signal);

  const maxNewTokens = folder.generationConfig.max_new_tokens;
  const { trainedModes, floors } = folder.config;
  const parts = [weights.model, ...weights.externalData.map(({ data }) => data)];
  const model: ModelInfo = {
    name: folder.name,
    fingerprint,
    contextLength: decoder.capacity,
    maxNewTokens: typeof maxNewTokens === "number" ? maxNewTokens : undefined,
    instruction: instructionOf(folder),
    ...(trainedModes && { trainedModes }),
    ...floors,
    ...(decoder.noRows !== undefined && { noRows: decoder.noRows }),
    shape: decoder.shape,
    dtype: decoder.dtype,
    weightBytes: parts.reduce((sum, { byteLength }) => sum + byteLength, 0),
  };
  report("ready", "The model is ready");
  const unwilling = thoughts === "off" && template.thinking === "always" ? [ALWAYS_THINKS] : [];
  const told = [...notices, ...noRowsNotice(decoder.noRows), ...unwilling];
  return new LagEngine({
    decoder,
    tokenizer,
    template,
    model,
    ...turnEndsOf(folder, tokenizer, template),
    thoughts,
    tokensAtOnce,
    notices: told,
  });
}

const ALWAYS_THINKS =
  "This model always thinks before it speaks: its chat template cannot tell it not to. Its thoughts are left out.";

function noRowsNotice(why: string | undefined): string[] {
  if (why === undefined) return [];
  return [
    `This model has ${why}: its key/value rows cannot be kept, and logs stand in front as text, also where a mode of rows is asked for.`,
  ];
}

/** Only models that were trained on the short instruction say so. */
function instructionOf({ configFields }: ModelFolder): "short" | "full" {
  return (configFields.lag as { instruction?: unknown } | undefined)?.instruction === "short"
    ? "short"
    : "full";
}

function templateTokens({ tokenizerConfig }: ModelFolder): TemplateTokens {
  const names = ["bos_token", "eos_token", "pad_token", "unk_token"] as const;
  const known = names.map((name) => [name, tokenText(tokenizerConfig[name])] as const);
  return Object.fromEntries(known.filter(([, text]) => text !== undefined));
}
