/**
 * Options in the page's address, for automation and for trying things out:
 *   ?backend=auto|webgpu|wasm   where the model runs (default auto: WebGPU, else wasm with a notice)
 *   ?model=URL                  a model folder on this origin (default: the embedded model)
 *   ?bank=NAME                  the IndexedDB database that holds the logs (default "web-lag")
 */
import type { BackendChoice, LoadOptions } from "../client/protocol.ts";
import { InputError } from "../terms/errors.ts";

const BACKENDS: readonly BackendChoice[] = ["auto", "webgpu", "wasm"];

/** Reads `search` ("?backend=wasm…"). `base` is the address of the page's folder. Throws InputError. */
export function readOptions(search: string, base: string): Required<LoadOptions> {
  const given = new URLSearchParams(search);
  const backend = given.get("backend") ?? "auto";
  if (!BACKENDS.includes(backend as BackendChoice)) {
    throw new InputError(
      `backend=${backend} in the address is not known. Give one of ${BACKENDS.join(", ")}.`,
    );
  }
  const model = new URL(given.get("model") ?? "models/embedded/", base);
  if (model.origin !== new URL(base).origin) {
    throw new InputError(`model=${model.href} is on another origin. Put the model folder beside this page.`);
  }
  if (!model.pathname.endsWith("/")) model.pathname += "/";
  return {
    backend: backend as BackendChoice,
    modelUrl: model.href,
    bankName: given.get("bank") || "web-lag",
  };
}
