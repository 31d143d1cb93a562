/** Opens models for tests: through the same composition as in production, self-tests included. Subgroups have a test of their own. */
import type { Decoder } from "../../src/engine/decoder.ts";
import type { Backend } from "../../src/engine/engine.ts";
import { readModelConfig } from "../../src/engine/model-config.ts";
import { openDecoder } from "../../src/engine/open-decoder.ts";
import type { RunnableFolder } from "../../src/engine/open-on.ts";
import { buildModel, configJson, randomWeights, type TinyConfig } from "./tiny-model.ts";

/** What a model folder holds for the decoder. */
export function folderOf(config: Record<string, unknown>, model: Uint8Array<ArrayBuffer>): RunnableFolder {
  return { config: readModelConfig(config), model, externalData: [], selfTest: undefined };
}

export function tinyFolder(config: TinyConfig): RunnableFolder {
  return folderOf(configJson(config), buildModel(config, randomWeights(config)));
}

/** Runs `use` with a decoder and ends it afterwards. */
export async function withDecoder<T>(
  folder: RunnableFolder,
  backend: Backend,
  use: (decoder: Decoder) => Promise<T>,
): Promise<T> {
  const { decoder } = await openDecoder(folder, { backend, gpuWays: [{ subgroups: false, rows: "fixed" }] });
  try {
    return await use(decoder);
  } finally {
    await decoder.dispose();
  }
}
