/**
 * Chooses where a model runs: the fastest place that computes it rightly. Every attempt is a whole one (compile,
 * then self-tests), and what failed is said in a notice.
 */
import { acquireDevice, type GpuDevice } from "../gpu/device.ts";
import { GpuUnavailableError, isNamed, LagError, ModelUnsupportedError, messageOf } from "../terms/errors.ts";
import type { Decoder } from "./decoder.ts";
import type { Backend } from "./engine.ts";
import { type OpenOnOptions, openOn, type RunnableFolder, ShaderF16MissingError } from "./open-on.ts";

/** One way to use the GPU. `rows`: how key/value rows are kept on it. */
export interface GpuWay {
  readonly subgroups: boolean;
  readonly rows: "fixed" | "growing";
}

/** From fast to safe: drivers were seen that are wrong with subgroups, and in-place updates that alias wrongly. */
export const GPU_WAYS: readonly GpuWay[] = [
  { subgroups: true, rows: "fixed" },
  { subgroups: false, rows: "fixed" },
  { subgroups: false, rows: "growing" },
];

export interface OpenOptions extends OpenOnOptions {
  readonly backend: "auto" | Backend;
  /** Ways to try in order. Default GPU_WAYS. */
  readonly gpuWays?: readonly GpuWay[];
  /** What was tried before and failed, to be told first. Default nothing. */
  readonly notices?: readonly string[];
}

export interface OpenedDecoder {
  readonly decoder: Decoder;
  /** What was tried before and failed, one sentence each. */
  readonly notices: readonly string[];
}

/**
 * Throws GpuUnavailableError when `webgpu` was asked for and does not work, ModelUnsupportedError when the model
 * cannot be run anywhere, ModelFileError when its file cannot be opened.
 */
export async function openDecoder(folder: RunnableFolder, options: OpenOptions): Promise<OpenedDecoder> {
  const notices = [...(options.notices ?? [])];
  if (options.backend !== "wasm") {
    const decoder = await openOnGpu(folder, options, notices);
    if (decoder !== undefined) return { decoder, notices };
    if (options.backend === "webgpu") {
      throw new GpuUnavailableError(`${notices.join(" ")} Choose the wasm backend, or auto.`);
    }
    notices.push("Running on wasm, which is slower than a GPU.");
  }
  return { decoder: await openOnWasm(folder, options), notices };
}

/**
 * Tries one way after the other; adds to `notices` why each failed. Throws ModelUnsupportedError, ModelFileError:
 * where the model is at fault it would be the same on wasm.
 */
export async function openOnGpu(
  folder: RunnableFolder,
  options: OpenOptions,
  notices: string[],
): Promise<Decoder | undefined> {
  for (const way of options.gpuWays ?? GPU_WAYS) {
    let gpu: GpuDevice;
    try {
      gpu = await acquireDevice({ subgroups: way.subgroups, f16: true });
    } catch (error) {
      notices.push(messageOf(error));
      return undefined;
    }
    const has = gpu.features.has("subgroups");
    if (way.subgroups && !has) {
      // The next way is the same on this adapter.
      gpu.device.destroy();
      continue;
    }
    try {
      return await openOn(folder, { gpu, rows: way.rows }, options);
    } catch (error) {
      gpu.device.destroy();
      if (isNamed(error, "ModelUnsupportedError") || isNamed(error, "ModelFileError")) throw error;
      if (error instanceof ShaderF16MissingError) {
        notices.push(error.message);
        return undefined;
      }
      const how = `${has ? "with" : "without"} subgroups and with ${way.rows} rows`;
      notices.push(`The GPU was not used ${how}: ${asSentence(messageOf(error))}`);
    }
  }
  return undefined;
}

async function openOnWasm(folder: RunnableFolder, options: OpenOptions): Promise<Decoder> {
  try {
    return await openOn(folder, undefined, options);
  } catch (error) {
    if (error instanceof LagError) throw error;
    throw new ModelUnsupportedError(
      `The model cannot be run rightly: ${asSentence(messageOf(error))} Use a model with half-split rotary ` +
        "position whose config.json belongs to its weights.",
    );
  }
}

/** `text` with a full stop at its end, to stand before other sentences. */
export function asSentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}
