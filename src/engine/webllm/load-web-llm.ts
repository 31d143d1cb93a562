/** The composition: the address of a WebLLM model in, an Engine out, whose rows were tested or whose logs are text. */
import { InputError, ModelUnsupportedError, throwIfAborted } from "../../terms/errors.ts";
import { readWebLlmAddress, type WebLlmAddress } from "../../terms/web-llm-address.ts";
import type { ModelInfo } from "../engine.ts";
import type { LagEngineOptions } from "../lag-engine.ts";
import type { LoadEngineOptions } from "../load-engine.ts";
import { idsOf } from "../model-config.ts";
import { createTokenizer, type Tokenizer } from "../tokenizer.ts";
import { createConversationTemplate } from "./conversation-template.ts";
import {
  type AppConfig,
  type ImportedLibrary,
  importWebLlm,
  type MlcEngine,
  type ModelRecord,
} from "./library.ts";
import { createLogitsTap } from "./logits-tap.ts";
import { underMergeBarrier } from "./merge-barrier.ts";
import { readModelFiles, type WebLlmFiles } from "./model-files.ts";
import { type OpenedRows, openRows } from "./open-rows.ts";
import { cachedVerdicts, type Verdict, type VerdictStore, verdictKey } from "./verdicts.ts";
import { WebLlmDecoder } from "./web-llm-decoder.ts";
import { WebLlmEngine } from "./web-llm-engine.ts";

export interface LoadWebLlmOptions
  extends Pick<
    LoadEngineOptions,
    "backend" | "signal" | "onProgress" | "fetch" | "thoughts" | "tokensAtOnce"
  > {
  /** `web-llm:MODEL_ID`, or with the addresses of its files behind it. */
  readonly modelUrl: string;
  /** Default: the version that the project depends on. */
  readonly imported?: ImportedLibrary;
  /** Where results of self-tests rest. Default: the browser's Cache API. */
  readonly verdicts?: VerdictStore;
}

const BARRIER_NOTICE =
  "This GPU computes WebLLM's attention over earlier rows wrongly, for want of a barrier in its shader; one was added.";

/** Throws InputError, ModelFileError, ModelUnsupportedError, AbortError, and what WebLLM throws, by its own names. */
export async function loadWebLlm(options: LoadWebLlmOptions): Promise<WebLlmEngine> {
  const { modelUrl, backend, signal, verdicts = cachedVerdicts } = options;
  const { thoughts, tokensAtOnce } = options;
  const answering = { ...(thoughts && { thoughts }), ...(tokensAtOnce && { tokensAtOnce }) };
  if (backend === "wasm") {
    throw new InputError("The backend is wasm, but WebLLM runs on WebGPU only. Choose auto or webgpu.");
  }
  const address = readWebLlmAddress(modelUrl);
  const { library, version } = options.imported ?? (await importWebLlm());
  const record = recordOf(address, library.prebuiltAppConfig);
  const files = await readModelFiles({
    model: record.model,
    lib: record.model_lib,
    ...(options.fetch && { fetch: options.fetch }),
    signal,
  });
  throwIfAborted(signal);
  const tap = createLogitsTap();
  const engine = new library.MLCEngine({
    appConfig: { ...library.prebuiltAppConfig, model_list: [record] },
    logitProcessorRegistry: new Map([[address.id, tap.processor]]),
    initProgressCallback: ({ progress, text }) => report("fetch", 0.9 * progress, text),
    logLevel: "WARN",
  });
  function report(phase: "fetch" | "self-test" | "ready", progress: number, text: string): void {
    options.onProgress?.({ phase, progress, loaded: 0, total: 0, text });
  }
  // The library stops loading when it is told to unload.
  const stop = () => void engine.unload();
  signal?.addEventListener("abort", stop, { once: true });

  try {
    const key = verdictKey({
      adapter: await adapterInfo(),
      library: record.model_lib,
      version,
      fingerprint: files.fingerprint,
    });
    const known = await verdicts.get(key);
    const notices: string[] = [];
    const load = async (barrier: boolean): Promise<void> => {
      if (barrier) await underMergeBarrier(() => engine.reload(address.id));
      else await engine.reload(address.id);
      throwIfAborted(signal);
    };
    const open = (verdict?: Verdict) =>
      openRows({
        engine,
        modelId: address.id,
        version,
        config: files.config,
        forward: async (ids) => {
          await engine.forwardTokensAndSample([...ids], ids.length > 1);
          return tap.take();
        },
        verdict,
        signal,
      });

    let barrier = known?.race ?? false;
    await load(barrier);
    report("self-test", 0.9, "Checking how rows can be carried");
    let opened = await open(known);
    let raced: number | undefined;
    if (!known && opened.verdict?.race) {
      raced = opened.verdict.shares?.parts;
      barrier = true;
      await load(barrier);
      report("self-test", 0.9, "Checking again, with a barrier in the attention");
      opened = await open();
    }
    const found = opened.verdict;
    // Rows that failed by an error, as where the GPU was lost, are tried again at the next load.
    const lasting = found !== undefined && !(found.method === null && found.broke);
    if (!known && lasting) {
      // Whether it still races under the barrier decides about rows, not about how to load.
      const { shares } = found;
      const kept = shares && { shares: { ...shares, ...(raced !== undefined && { raced }) } };
      await verdicts.put(key, { ...found, race: barrier, ...kept });
    }
    if (barrier) notices.push(BARRIER_NOTICE);
    if ("refused" in opened.rows) {
      // What a failed test left behind may be broken; the text that follows must not be.
      if (opened.verdict || known) await load(barrier);
      notices.push(`Logs are used as text, not as rows: the model has ${asSentence(opened.rows.refused)}`);
    } else {
      notices.push(...(opened.verdict?.reasons ?? []));
    }
    report("ready", 1, "The model is ready");
    const { rows } = opened;
    return engineOf({ engine, tap, files, rows, record, id: address.id, notices, answering });
  } catch (error) {
    await engine.unload().catch(() => {});
    throwIfAborted(signal);
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

interface EngineParts {
  readonly engine: MlcEngine;
  readonly tap: ReturnType<typeof createLogitsTap>;
  readonly files: WebLlmFiles;
  readonly rows: OpenedRows["rows"];
  readonly record: ModelRecord;
  readonly id: string;
  readonly notices: readonly string[];
  readonly answering: Pick<LagEngineOptions, "thoughts" | "tokensAtOnce">;
}

function engineOf(parts: EngineParts): WebLlmEngine {
  const { engine, tap, files, rows, record, id, notices, answering } = parts;
  const { config, fields } = files;
  const tokenizer = createTokenizer(files.tokenizer, files.tokenizerConfig);
  const capacity = "refused" in rows ? windowOf({ ...fields, ...record.overrides }) : rows.bridge.capacity;
  const decoder = new WebLlmDecoder({ engine, tap, vocabSize: config.vocabSize, capacity, rows });
  const model: ModelInfo = {
    name: id,
    fingerprint: files.fingerprint,
    contextLength: capacity,
    maxNewTokens: undefined,
    instruction: "full",
    shape: decoder.shape,
    dtype: decoder.dtype,
    weightBytes: files.weightBytes,
    ...("refused" in rows && { noRows: rows.refused }),
  };
  return new WebLlmEngine({
    ...answering,
    decoder,
    tokenizer,
    template: createConversationTemplate(config.conversation, tokenizer),
    model,
    endIds: endIdsOf(files, tokenizer),
    turnEnds: config.conversation.stopTexts.filter((text) => tokenizer.idOf(text) === undefined),
    notices,
    library: engine,
    rows,
  });
}

/** Every token that the configuration says ends a turn. */
function endIdsOf({ config, fields }: WebLlmFiles, tokenizer: Tokenizer): number[] {
  const { stopIds, stopTexts } = config.conversation;
  const named = stopTexts.map((text) => tokenizer.idOf(text)).filter((id) => id !== undefined);
  return [...new Set([...stopIds, ...named, ...idsOf(fields.eos_token_id)])];
}

function windowOf({
  context_window_size: context,
  sliding_window_size: window,
}: Readonly<Record<string, unknown>>): number {
  const size = [context, window].find((value) => typeof value === "number" && value > 0);
  if (size !== undefined) return size as number;
  throw new ModelUnsupportedError(
    "mlc-chat-config.json has neither context_window_size nor sliding_window_size. Download the model again.",
  );
}

/** Throws InputError that names what the list has. */
function recordOf({ id, files }: WebLlmAddress, { model_list }: AppConfig): ModelRecord {
  if (files) return { model: files.model, model_id: id, model_lib: files.lib };
  const found = model_list.find(({ model_id }) => model_id === id);
  if (found) return found;
  throw new InputError(
    `The model is "${id}", which WebLLM's list does not have. Choose one of its ${model_list.length} models, or give ` +
      "the addresses of its files: web-llm:ID?model=URL&lib=URL.",
  );
}

async function adapterInfo(): Promise<GPUAdapterInfo> {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (adapter) return adapter.info;
  throw new ModelUnsupportedError(
    "There is no WebGPU adapter, and WebLLM runs on no other. Use a browser with WebGPU, or another model.",
  );
}

function asSentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}
