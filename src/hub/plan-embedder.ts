/**
 * A sentence embedder on a hub: which of its files are needed, and whether its configuration is one that can be run,
 * before its weights are fetched.
 */
import { readEmbedderConfig } from "../embed/embedder-config.ts";
import { FolderFiles, STORED } from "../engine/folder-files.ts";
import { fileAt, type Listing, type ModelFile, type ModelSource } from "./model-source.ts";

/** The file that only folders of sentence-transformers have. */
const MODULES = "modules.json";
const NEEDED = [MODULES, "config.json", "tokenizer.json", "tokenizer_config.json"];
const OPTIONAL = ["sentence_bert_config.json", "config_sentence_transformers.json"];
/** Configurations of modules, as `1_Pooling/config.json`. */
const MODULE_CONFIG = /^[^/]+\/config\.json$/;

export function isEmbedder(files: readonly ModelFile[]): boolean {
  return files.some(({ path }) => path === MODULES);
}

/** Throws InputError. */
export function embedderFiles(files: readonly ModelFile[], { address }: ModelSource): ModelFile[] {
  return [
    ...NEEDED.map((path) => fileAt(files, path, address)),
    ...files.filter(({ path }) => OPTIONAL.includes(path) || MODULE_CONFIG.test(path)),
  ];
}

/** Numbers of its vectors. Throws ModelFileError, ModelUnsupportedError for what cannot be run, DownloadError, AbortError. */
export async function embedderDimension(
  source: ModelSource,
  listing: Listing,
  signal: AbortSignal | undefined,
): Promise<number> {
  const base = `${STORED}${source.address.id}/`;
  const files = new FolderFiles(base, {
    ...(signal && { signal }),
    async fetch(url) {
      const file = listing.files.find(({ path }) => path === url.slice(base.length));
      if (file === undefined) return new Response(null, { status: 404 });
      return new Response(await source.read(file, listing, signal));
    },
  });
  return (await readEmbedderConfig(files, await files.needJson("tokenizer_config.json"))).dimension;
}
