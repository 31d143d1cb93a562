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
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    const reader = response.body!.getReader();
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      parts.push(next.value);
      size += next.value.byteLength;
      onBytes?.(next.value.byteLength);
    }
  } catch (error) {
    throwIfAborted(signal);
    throw new ModelFileError(`${url} broke off after ${size} bytes: ${messageOf(error)}. Try again.`);
  }
  if (expected !== undefined && size !== expected) {
    throw new ModelFileError(`${url} has ${size} bytes where ${expected} were announced. Download it again.`);
  }
  return joined(parts, size);
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

function joined(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.byteLength;
  }
  return out;
}
