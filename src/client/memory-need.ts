/** What a model needs of memory at least, told before anything of it is fetched. */
import { isWebLlmAddress, readWebLlmAddress } from "../terms/web-llm-address.ts";
import { weightBytesOf } from "./weight-bytes.ts";

export interface NamedNeed {
  readonly name: string;
  /** Bytes, or undefined where nobody says. */
  readonly need: number | undefined;
}

/** `modelUrl`: of a model folder, with its slash, or of a WebLLM model. Throws InputError for an address of WebLLM that names none. */
export async function needOf(modelUrl: string): Promise<NamedNeed> {
  if (isWebLlmAddress(modelUrl)) {
    const { id } = readWebLlmAddress(modelUrl);
    return { name: id, need: await needOfWebLlm(id) };
  }
  const bytes = await weightBytesOf(modelUrl);
  const name = modelUrl.split("/").at(-2) ?? modelUrl;
  return { name, need: bytes === null ? undefined : needOfWeights(bytes) };
}

/** Bytes, at least: while a model is opened its weights stand twice. */
export function needOfWeights(bytes: number): number {
  return 2 * bytes;
}

/**
 * Bytes of a WebLLM model: as WebLLM's own list states them, else about, as the id says. Undefined where neither does.
 * The list comes with a library of 7 MB, which nobody should fetch to hear that a model is too large: what it states of
 * memory is kept beside this file, and a test compares the two.
 */
export async function needOfWebLlm(id: string): Promise<number | undefined> {
  const { default: stated } = await import("./web-llm-memory.json");
  const megabytes = (stated as Readonly<Record<string, number>>)[id];
  return megabytes === undefined ? guessedNeed(id) : megabytes * 1e6;
}

/** Bytes that stand beside the weights of a model that WebLLM runs: its cache and what it works with. */
const BESIDE = 4e8;
/** Scales of groups of numbers that are stored in few bits. */
const SCALES = 1.125;

/** "Llama-3.2-1B-Instruct-q4f16_1-MLC" has 1B parameters of 4 bits. Undefined where an id does not say it. */
export function guessedNeed(id: string): number | undefined {
  const parameters = /(?:^|-)(\d+(?:\.\d+)?)([BM])(?:-|$)/i.exec(id);
  const stored = /-q(\d+)(?:b?f)(16|32)/.exec(id);
  if (!parameters || !stored) return undefined;
  const [, quantised, computed] = stored.map(Number);
  const bytes = quantised! > 0 ? (quantised! / 8) * SCALES : computed! / 8;
  return Number(parameters[1]) * (parameters[2]!.toUpperCase() === "B" ? 1e9 : 1e6) * bytes + BESIDE;
}
