/** The composition: a sentence embedder's folder in, vectors of texts out. Runs on wasm. */
import { parseJson } from "../engine/fetch-file.ts";
import { hashOf } from "../engine/fingerprint.ts";
import { type FolderFilesOptions, openFolder } from "../engine/folder-files.ts";
import { fetchWeights } from "../engine/model-folder.ts";
import { configureRuntime, createSession, type RuntimeOptions } from "../engine/onnx/session.ts";
import { createFramedTokenizer } from "../engine/tokenizer.ts";
import { ModelFileError, messageOf, throwIfAborted } from "../terms/errors.ts";
import { readEmbedderConfig } from "./embedder-config.ts";
import { OnnxEmbedder } from "./onnx-embedder.ts";

export interface LoadEmbedderOptions extends FolderFilesOptions {
  /** URL of a folder in the layout of sentence-transformers, with an ONNX export, on the page's own origin. */
  readonly modelUrl: string;
  /** Path of the weights in the folder. Default "onnx/model.onnx". */
  readonly weights?: string;
  readonly runtime?: RuntimeOptions;
}

/** Throws ModelFileError, ModelUnsupportedError, AbortError. */
export async function loadEmbedder(options: LoadEmbedderOptions): Promise<OnnxEmbedder> {
  const { modelUrl, weights = "onnx/model.onnx", signal } = options;
  if (options.runtime) configureRuntime(options.runtime);
  const files = openFolder(modelUrl, options);
  const tokenizerConfig = await files.needJson("tokenizer_config.json");
  // What decides whether the model can run at all comes before the large files.
  const config = await readEmbedderConfig(files, tokenizerConfig);
  const tokenizerBytes = await files.need("tokenizer.json");
  const file = parseJson(tokenizerBytes, files.at("tokenizer.json"));
  const tokenizer = createFramedTokenizer(file, tokenizerConfig);
  const { model, externalData } = await fetchWeights(files, weights);
  const parts = [model, ...externalData.map(({ data }) => data), tokenizerBytes];
  const fingerprint = await hashOf(parts, JSON.stringify([config, tokenizerConfig]));
  throwIfAborted(signal);
  const session = await createSession(model, externalData.length > 0 ? { externalData } : {}).catch(
    (error: unknown) => {
      throw new ModelFileError(
        `${files.at(weights)} cannot be opened: ${messageOf(error)}. Download the folder again.`,
      );
    },
  );
  try {
    throwIfAborted(signal);
    return new OnnxEmbedder({ session, tokenizer, config, fingerprint });
  } catch (error) {
    await session.dispose();
    throw error;
  }
}
