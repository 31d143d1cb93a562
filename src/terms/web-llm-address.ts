/**
 * The address of a WebLLM model, where a model folder's URL would stand: `web-llm:MODEL_ID` for one of WebLLM's own list,
 * `web-llm:MODEL_ID?model=URL&lib=URL` for another one, with the address of its weights and of its compiled library.
 */
import { InputError } from "./errors.ts";

const SCHEME = "web-llm:";

export interface WebLlmAddress {
  readonly id: string;
  /** Absent: as WebLLM's own list has it. */
  readonly files?: { readonly model: string; readonly lib: string };
}

export function isWebLlmAddress(address: string): boolean {
  return address.startsWith(SCHEME);
}

/** Throws InputError. */
export function readWebLlmAddress(address: string): WebLlmAddress {
  const [id = "", query = ""] = address.slice(SCHEME.length).split("?", 2);
  const parameters = new URLSearchParams(query);
  const [model, lib] = [parameters.get("model"), parameters.get("lib")];
  if (id === "") {
    throw new InputError(
      `The model is "${address}", expected an id behind ${SCHEME}, as in ${SCHEME}Llama-3.2-1B-Instruct-q4f16_1-MLC.`,
    );
  }
  if ((model === null) !== (lib === null)) {
    throw new InputError(
      `The model "${address}" has ${model === null ? "a library but no weights" : "weights but no library"}. ` +
        "Give both, model=URL&lib=URL, or neither for a model of WebLLM's own list.",
    );
  }
  return model !== null && lib !== null ? { id, files: { model, lib } } : { id };
}
