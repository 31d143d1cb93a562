/** Fetches one file of a model folder with byte progress, and says which file it was when something is wrong. */
import { ModelFileError, messageOf, throwIfAborted } from "../terms/errors.ts";

export type Fetch = (url: string, init: { readonly signal?: AbortSignal }) => Promise<Response>;

export interface FetchFileOptions {
  readonly fetch: Fetch;
  readonly signal?: AbortSignal;
  /** Called with the file's size as soon as it is known, in bytes. */
  readonly onSize?: (bytes: number) => void;
  /** Called with the bytes of each piece that arrives. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Bytes of `url`, or undefined when the server has no such file. A page where the file should be (the answer of
 * servers that know only one page) counts as no such file. Throws ModelFileError, AbortError.
 */
export async function fetchFile(
  url: string,
  options: FetchFileOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { signal, onSize, onBytes } = options;
  let response: Response;
  try {
    response = await options.fetch(url, signal ? { signal } : {});
  } catch (error) {
    throwIfAborted(signal);
    throw new ModelFileError(
      `${url} could not be fetched: ${messageOf(error)}. Check the connection and try again.`,
    );
  }
  if (response.status === 404 || isPage(response)) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.ok) {
    throw new ModelFileError(`${url} could not be fetched: status ${response.status}. Try again later.`);
  }
  const expected = declaredSize(response);
  if (expected !== undefined) onSize?.(expected);
  const pieces = new Pieces(expected ?? 0);
  try {
    const reader = response.body!.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      pieces.add(next.value);
      onBytes?.(next.value.byteLength);
    }
  } catch (error) {
    throwIfAborted(signal);
    throw new ModelFileError(`${url} broke off after ${pieces.size} bytes: ${messageOf(error)}. Try again.`);
  }
  if (expected !== undefined && pieces.size !== expected) {
    throw new ModelFileError(
      `${url} has ${pieces.size} bytes where ${expected} were announced. Download it again.`,
    );
  }
  return pieces.joined();
}

/** The parsed JSON of a file's bytes. Throws ModelFileError naming `file`. */
export function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new ModelFileError(
      `${file} is not JSON (${messageOf(error)}; ${bytes.byteLength} bytes). Download the model folder again.`,
    );
  }
}

function isPage(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/html") ?? false;
}

/** The announced size, when it is that of the bytes themselves and not of a compressed form. */
function declaredSize(response: Response): number | undefined {
  const length = response.headers.get("content-length");
  return length === null || response.headers.has("content-encoding") ? undefined : Number(length);
}

/** Bytes that come one after the other, in one array from the start where their number is announced. */
class Pieces {
  size = 0;
  private bytes: Uint8Array<ArrayBuffer>;

  constructor(announced: number) {
    this.bytes = new Uint8Array(announced);
  }

  add(piece: Uint8Array): void {
    if (this.size + piece.byteLength > this.bytes.byteLength) {
      const larger = new Uint8Array(Math.max(2 * this.bytes.byteLength, this.size + piece.byteLength));
      larger.set(this.bytes.subarray(0, this.size));
      this.bytes = larger;
    }
    this.bytes.set(piece, this.size);
    this.size += piece.byteLength;
  }

  joined(): Uint8Array<ArrayBuffer> {
    return this.size === this.bytes.byteLength ? this.bytes : this.bytes.slice(0, this.size);
  }
}
