/** The files of a model on a hub, with sizes and hashes, as its listing states them. */
import { DownloadError, messageOf } from "../terms/errors.ts";
import type { HubAddress } from "./hub-address.ts";
import { type HubAccess, requestOf, wholeBody } from "./hub-request.ts";
import { type ModelFile, staysInside } from "./model-source.ts";

/** Pages of a listing: a thousand files each. A model has tens of files. */
const MOST_PAGES = 20;

/** One entry of the listing. Large files are kept outside of git, and their hash is that of their bytes. */
interface Entry {
  readonly type?: unknown;
  readonly path?: unknown;
  readonly size?: unknown;
  readonly oid?: unknown;
  readonly lfs?: { readonly oid?: unknown; readonly size?: unknown } | null;
}

/** One attempt. Throws DownloadError, PassingError. */
export async function listFiles(
  address: HubAddress,
  access: HubAccess,
  signal: AbortSignal,
): Promise<ModelFile[]> {
  const { base, id, revision } = address;
  const files: ModelFile[] = [];
  let url: string | undefined = `${base}/api/models/${id}/tree/${encodeURIComponent(revision)}?recursive=1`;
  for (let page = 0; url !== undefined && page < MOST_PAGES; page++) {
    const what = "The list of files";
    const response = await requestOf(access, { url, what, address, signal });
    const next = nextPage(response.headers, url);
    for (const entry of entriesOf(await wholeBody(response), address)) {
      if (entry.type === "file") files.push(fileOf(entry, address));
    }
    // A listing that leads elsewhere would take the person's requests, and a token, where they did not send them.
    if (next !== undefined && !next.startsWith(`${base}/`)) {
      throw new DownloadError(
        `The list of files of ${id} goes on at ${next}, which is not of the hub ${base}. Use another hub.`,
      );
    }
    url = next;
  }
  return files;
}

function entriesOf(bytes: Uint8Array, { base, id }: HubAddress): Entry[] {
  let found: unknown;
  try {
    found = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new DownloadError(
      `${base} does not list the files of ${id} as a hub does (${messageOf(error)}). Correct the hub's address.`,
    );
  }
  if (Array.isArray(found)) return found.map((entry) => Object(entry) as Entry);
  throw new DownloadError(
    `${base} gave ${JSON.stringify(found).slice(0, 80)} where the list of files of ${id} should be. Correct the hub's address.`,
  );
}

function fileOf({ path, size, oid, lfs }: Entry, { base, id }: HubAddress): ModelFile {
  const bytes = lfs?.size ?? size;
  if (typeof path !== "string" || !staysInside(path) || !isSize(bytes)) {
    throw new DownloadError(
      `${base} lists a file of ${id} with path ${JSON.stringify(path)} and size ${JSON.stringify(bytes)}, expected ` +
        "a path inside the model and a number of bytes. Use another hub.",
    );
  }
  if (lfs) return isHash(lfs.oid, 64) ? { path, size: bytes, sha256: lfs.oid } : { path, size: bytes };
  return isHash(oid, 40) ? { path, size: bytes, gitSha1: oid } : { path, size: bytes };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isHash(value: unknown, digits: number): value is string {
  return typeof value === "string" && value.length === digits && /^[0-9a-f]+$/.test(value);
}

function nextPage(headers: Headers, from: string): string | undefined {
  const match = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(headers.get("link") ?? "");
  return match ? new URL(match[1]!, from).href : undefined;
}
