/**
 * Chooses the weights that a model runs with, among those that its folder offers: 16-bit ones on a GPU that computes
 * in 16 bits, 32-bit ones everywhere else and whenever that does not work out. What is not chosen is not fetched.
 */
import { adapterHasF16 } from "../gpu/device.ts";
import { messageOf, throwIfAborted } from "../terms/errors.ts";
import type { ModelFolder, ModelWeights } from "./model-folder.ts";
import { asSentence, type OpenedDecoder, type OpenOptions, openDecoder, openOnGpu } from "./open-decoder.ts";

export interface OpenWeightsOptions extends OpenOptions {
  /** Path of the weights in the folder. Default: chosen here. */
  readonly path?: string;
  readonly signal?: AbortSignal;
}

export interface OpenedWeights extends OpenedDecoder {
  readonly weights: ModelWeights;
}

/** What the choice is made with. Tests play these parts. */
export interface OpenWeightsParts {
  readonly hasF16: typeof adapterHasF16;
  readonly onGpu: typeof openOnGpu;
  readonly anywhere: typeof openDecoder;
}

const PARTS: OpenWeightsParts = { hasF16: adapterHasF16, onGpu: openOnGpu, anywhere: openDecoder };

/** Throws as `openDecoder` and `fetchWeights` do, and AbortError. */
export async function openWeights(
  folder: ModelFolder,
  options: OpenWeightsOptions,
  parts: OpenWeightsParts = PARTS,
): Promise<OpenedWeights> {
  const { backend, path, signal } = options;
  const { float32, float16 } = folder.config.weights;
  const notices: string[] = [];
  if (float16 !== undefined && path === undefined && backend !== "wasm" && (await parts.hasF16())) {
    const opened = await openFloat16(folder, float16, options, parts, notices);
    if (opened !== undefined) return opened;
  }
  throwIfAborted(signal);
  const weights = await folder.fetchWeights(path ?? float32);
  throwIfAborted(signal);
  return { ...(await parts.anywhere({ ...folder, ...weights }, { ...options, notices })), weights };
}

/** On the GPU or not at all; adds to `notices` why not. Whoever was stopped gets nothing either. */
async function openFloat16(
  folder: ModelFolder,
  path: string,
  options: OpenWeightsOptions,
  parts: OpenWeightsParts,
  notices: string[],
): Promise<OpenedWeights | undefined> {
  const { signal } = options;
  const { float32 } = folder.config.weights;
  const reasons: string[] = [];
  try {
    throwIfAborted(signal);
    const weights = await folder.fetchWeights(path);
    throwIfAborted(signal);
    const decoder = await parts.onGpu({ ...folder, ...weights }, options, reasons);
    if (decoder !== undefined) return { decoder, weights, notices: reasons };
  } catch (error) {
    // A fault of this one file is no fault of the model: the other file may well be right.
    reasons.push(asSentence(messageOf(error)));
  }
  notices.push(
    `The float16 weights (${path}) were not used: ${reasons.join(" ")} ` +
      `The float32 weights (${float32}) are taken instead.`,
  );
  return undefined;
}
