/** An embedder of the page, opened in this process. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { setFlagsFromString } from "node:v8";
import { loadEmbedder } from "../../src/embed/load-embedder.ts";
import type { OnnxEmbedder } from "../../src/embed/onnx-embedder.ts";
import { ROOT } from "./built-page.ts";
import { diskFetch } from "./disk-fetch.ts";

/** `path`: in the page, which is built from `public/`. Throws ModelFileError, ModelUnsupportedError. */
export function openEmbedder(path: string): Promise<OnnxEmbedder> {
  // Node would optimise the whole runtime before the first text: a minute of processor time, for milliseconds of work.
  setFlagsFromString("--liftoff-only");
  return loadEmbedder({ modelUrl: pathToFileURL(join(ROOT, "public", path)).href, fetch: diskFetch });
}
