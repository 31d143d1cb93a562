/** Which model a slice or a vector belongs to: one hash over its files and what else decides about it. */
import { ModelFileError } from "../terms/errors.ts";
import type { RotaryConfig } from "./model-config.ts";

export interface Fingerprinted {
  readonly model: Uint8Array<ArrayBuffer>;
  readonly externalData: readonly { readonly path: string; readonly data: Uint8Array<ArrayBuffer> }[];
  readonly tokenizerBytes: Uint8Array<ArrayBuffer>;
  /** Undefined: rows of this model cannot be carried. */
  readonly rotary: RotaryConfig | undefined;
}

/**
 * Of weights, tokenizer and rotary configuration: 64 hexadecimal digits. Quantisation needs no field of its own: it changes the weights.
 * Throws ModelFileError where the page is not allowed to hash.
 */
export async function fingerprintOf({
  model,
  externalData,
  tokenizerBytes,
  rotary,
}: Fingerprinted): Promise<string> {
  const rotation = rotary
    ? JSON.stringify([rotary.theta, rotary.rotaryDim, rotary.pairs ?? "half-split", ...scalingOf(rotary)])
    : "none";
  return hashOf([model, ...externalData.map(({ data }) => data), tokenizerBytes], rotation);
}

function scalingOf({ inverseFrequencies }: RotaryConfig): (readonly number[])[] {
  return inverseFrequencies ? [inverseFrequencies] : [];
}

/** One hash over files and a text: 64 hexadecimal digits. Throws ModelFileError where the page is not allowed to hash. */
export async function hashOf(files: readonly Uint8Array<ArrayBuffer>[], text: string): Promise<string> {
  const hashes: string[] = [];
  for (const file of files) hashes.push(await sha256(file));
  return sha256(new TextEncoder().encode(`${hashes.join("\n")}\n${text}`));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new ModelFileError("This page may not hash files. Open it over https or from localhost.");
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
