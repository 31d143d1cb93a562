/** Whether stored bytes are those that were announced. */
import { DownloadError } from "../terms/errors.ts";
import type { ModelFile } from "./model-source.ts";
import { throwIfStopped } from "./patience.ts";
import { Sha256 } from "./sha256.ts";

const PIECE = 4 * 1024 * 1024;

/** Undefined when the bytes are right, else what is wrong with them. Throws AbortError. */
export async function faultOf(
  bytes: Blob,
  file: ModelFile,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (bytes.size !== file.size) return `it has ${bytes.size} bytes instead of ${file.size}`;
  if (file.sha256 !== undefined) {
    const got = await sha256Of(bytes, signal);
    return got === file.sha256 ? undefined : `its SHA-256 is ${got} instead of ${file.sha256}`;
  }
  if (file.gitSha1 !== undefined) {
    const got = await gitSha1Of(bytes);
    return got === file.gitSha1 ? undefined : `its git hash is ${got} instead of ${file.gitSha1}`;
  }
  return undefined;
}

async function sha256Of(bytes: Blob, signal: AbortSignal | undefined): Promise<string> {
  const hash = new Sha256();
  for (let from = 0; from < bytes.size; from += PIECE) {
    throwIfStopped(signal);
    hash.update(new Uint8Array(await bytes.slice(from, from + PIECE).arrayBuffer()));
  }
  return hash.digest();
}

/** Git hashes a file behind a header with its size. Only small files are kept in git itself. */
async function gitSha1Of(bytes: Blob): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new DownloadError("This page may not hash files. Open it over https or from localhost.");
  }
  const object = new Blob([`blob ${bytes.size}\0`, bytes]);
  const digest = new Uint8Array(await subtle.digest("SHA-1", await object.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
