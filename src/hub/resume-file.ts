/**
 * Brings one file from a hub, behind what is there of it already. What came of an earlier connection is kept only when
 * the answer shows that the rest belongs to the same file, or when a stated hash will show it; else it begins anew.
 */
import { DownloadError, messageOf } from "../terms/errors.ts";
import type { FileWriter } from "./file-store.ts";
import type { HubAddress } from "./hub-address.ts";
import { type HubAccess, requestOf, whenAgain } from "./hub-request.ts";
import type { BringOptions, ModelFile, ValidatorNote } from "./model-source.ts";
import { PassingError, persistently, watched } from "./patience.ts";

export interface ResumeFileOptions extends BringOptions {
  readonly file: ModelFile;
  readonly url: string;
  readonly address: HubAddress;
  readonly access: HubAccess;
  readonly writer: FileWriter;
  readonly note: ValidatorNote;
}

/** A file that changes more often than this while it is fetched is not waited for. */
const MOST_CHANGES = 2;

/** Leaves exactly `file.size` bytes in the writer. Whether they are the right ones is for hashes to say. */
export async function resumeFile(options: ResumeFileOptions): Promise<void> {
  const { file, access, writer, signal } = options;
  const { patience } = access;
  const state = { sendIfRange: true, changes: 0 };
  let before = writer.size;
  if (before > file.size) writer.truncate(0);
  await persistently(
    () => {
      before = writer.size;
      return watched(patience.stallMs, signal, (watching, alive) =>
        fetchRest(options, state, watching, alive),
      );
    },
    {
      patience,
      signal,
      progressed: () => writer.size > before,
      giveUp: (last) =>
        new DownloadError(
          `${file.path} stopped at ${writer.size} of ${file.size} bytes: ${last.message}. What has arrived is kept. ` +
            whenAgain(last),
        ),
    },
  );
}

interface State {
  /** A request with this header may be forbidden across origins, where one with a range alone is not. */
  sendIfRange: boolean;
  /** How often the file was found to be another than the one that was begun. */
  changes: number;
}

async function fetchRest(
  options: ResumeFileOptions,
  state: State,
  signal: AbortSignal,
  alive: () => void,
): Promise<void> {
  const { file, url, address, access, writer, note } = options;
  if (writer.size === file.size) return;
  const validator = writer.size > 0 ? await note.read() : undefined;
  // Nothing could tell whether the rest belongs to what is there.
  if (validator === undefined && file.sha256 === undefined) writer.truncate(0);
  const from = writer.size;
  const headers: Record<string, string> = from > 0 ? { Range: `bytes=${from}-` } : {};
  const conditional = from > 0 && validator !== undefined && state.sendIfRange;
  if (conditional) headers["If-Range"] = validator;
  let response: Response;
  try {
    response = await requestOf(access, { url, what: file.path, address, headers, signal });
  } catch (error) {
    // Whatever the reason was: without the header the answer's own validator is looked at, which is as safe.
    if (conditional && error instanceof PassingError) state.sendIfRange = false;
    throw error;
  }
  alive();
  if (from > 0 && !goesOn(response, from, validator, file)) {
    writer.truncate(0);
    options.onBytes?.(0);
    if (response.status !== 200) {
      await response.body?.cancel();
      changed(file, state);
      throw new PassingError("the file was changed on the hub while it was fetched", 0);
    }
  }
  if (writer.size === 0) {
    checkAnnounced(response, file);
    await note.write(validatorOf(response));
  }
  await appendBody(response, options, alive);
}

/** Whether the answer is the rest of what is there. */
function goesOn(response: Response, from: number, validator: string | undefined, file: ModelFile): boolean {
  if (response.status !== 206) return false;
  const range = /^bytes (\d+)-\d*\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
  if (range && (Number(range[1]) !== from || (range[2] !== "*" && Number(range[2]) !== file.size))) {
    return false;
  }
  const now = validatorOf(response);
  if (validator && now !== undefined) return now === validator;
  // Across origins a hub may hide its headers: then only a hash can tell, and it will.
  return file.sha256 !== undefined;
}

/** What tells one state of a file from another: a strong entity tag, else the time of its last change. */
function validatorOf({ headers }: Response): string | undefined {
  const tag = headers.get("etag");
  if (tag?.startsWith('"')) return tag;
  return headers.get("last-modified") ?? undefined;
}

function changed({ path }: ModelFile, state: State): void {
  if (++state.changes <= MOST_CHANGES) return;
  throw new DownloadError(
    `${path} changes on the hub while it is fetched. Look the model up again, or give a commit as its revision.`,
  );
}

function checkAnnounced({ headers }: Response, file: ModelFile): void {
  const length = headers.get("content-length");
  if (length === null || headers.has("content-encoding") || Number(length) === file.size) return;
  throw wrongLength(file, `${length} bytes`);
}

function wrongLength({ path, size }: ModelFile, got: string): DownloadError {
  return new DownloadError(
    `${path} has ${size} bytes in the hub's list, and the hub gives ${got}. Look the model up again, or use another hub.`,
  );
}

async function appendBody(
  response: Response,
  { file, writer, onBytes }: ResumeFileOptions,
  alive: () => void,
): Promise<void> {
  const reader = response.body!.getReader();
  const next = () =>
    reader.read().catch((error: unknown) => {
      throw new PassingError(`the connection broke off (${messageOf(error)})`);
    });
  for (let piece = await next(); !piece.done; piece = await next()) {
    alive();
    if (writer.size + piece.value.byteLength > file.size) {
      await reader.cancel();
      writer.truncate(0);
      throw wrongLength(file, "more");
    }
    writer.append(piece.value);
    onBytes?.(writer.size);
  }
  if (writer.size < file.size) throw new PassingError("the connection ended early");
}
