/** Providers of the AI SDK: `lag("models/embedded/")` is a model that is loaded when it is first asked. */
import type { LanguageModelV3, LanguageModelV4, ProviderV3, ProviderV4 } from "@ai-sdk/provider";
import { createLag, type Lag, type LagOptions } from "../api/lag.ts";
import { InputError } from "../terms/errors.ts";
import { languageModelV3, languageModelV4 } from "./language-model.ts";

export interface LagProvider extends ProviderV4 {
  /** `modelUrl`: as `createLag` has it. */
  (modelUrl: string): LanguageModelV4;
  languageModel(modelUrl: string): LanguageModelV4;
}

export interface LagProviderV3 extends ProviderV3 {
  (modelUrl: string): LanguageModelV3;
  languageModel(modelUrl: string): LanguageModelV3;
}

/** For `ai` 7 and later. A `client` that is given loads one model: name that one only. */
export function createLagProvider(options: LagOptions = {}): LagProvider {
  return providerOf("v4", languageModelV4, options) as LagProvider;
}

/** For `ai` 6. */
export function createLagProviderV3(options: LagOptions = {}): LagProviderV3 {
  return providerOf("v3", languageModelV3, options) as LagProviderV3;
}

function providerOf<Model>(
  specificationVersion: "v3" | "v4",
  create: (source: Parameters<typeof languageModelV4>[0]) => Model,
  options: LagOptions,
) {
  const loads = new Map<string, Promise<Lag>>();

  /** A load that failed is tried again by the next call. */
  function loaded(modelUrl: string): Promise<Lag> {
    const before = loads.get(modelUrl);
    if (before) return before;
    const load = createLag(modelUrl, options);
    loads.set(modelUrl, load);
    load.catch(() => loads.delete(modelUrl));
    return load;
  }
  const languageModel = (modelId: string) =>
    create({ modelId, completions: async () => (await loaded(modelId)).chat.completions });
  return Object.assign(languageModel, {
    specificationVersion,
    languageModel,
    embeddingModel: none("embedding"),
    imageModel: none("image"),
  });
}

const none = (kind: string) => (modelId: string) => {
  throw new InputError(`There is no ${kind} model ${modelId}: web-lag has language models only.`);
};
