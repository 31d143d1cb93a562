/**
 * A model on a hub that speaks as huggingface.co does: `/api/models/{id}/tree/{revision}` lists its files, and
 * `/{id}/resolve/{revision}/{path}` gives them. Nothing but the hub's own address is ever asked.
 */
import { DownloadError, InputError } from "../terms/errors.ts";
import type { FileWriter } from "./file-store.ts";
import type { HubAddress } from "./hub-address.ts";
import { type HubAccess, requestOf, whenAgain, wholeBody } from "./hub-request.ts";
import { listFiles } from "./list-files.ts";
import type { BringOptions, Listing, ModelFile, ModelSource, ValidatorNote } from "./model-source.ts";
import { persistently, watched } from "./patience.ts";
import { resumeFile } from "./resume-file.ts";

const SMALL_ATTEMPTS = 3;

export class HubSource implements ModelSource {
  readonly address: HubAddress;
  private readonly access: HubAccess;

  /** Throws InputError for a token that would travel in the open. */
  constructor(address: HubAddress, access: HubAccess) {
    if (access.token && !isPrivate(address.base)) {
      throw new InputError(
        `A token was given for ${address.base}, where everybody on the way could read it. Use https, or no token.`,
      );
    }
    this.address = address;
    this.access = access;
  }

  async list(signal?: AbortSignal): Promise<Listing> {
    const { address } = this;
    // Which commit is meant is said with the first file, and the list is asked for by it: both belong together.
    const first = await this.whole("config.json", address.revision, signal);
    const commit = first.headers.get("x-repo-commit") ?? undefined;
    const files = await this.patiently("The list of files", signal, (watching) =>
      listFiles({ ...address, revision: commit ?? address.revision }, this.access, watching),
    );
    return { files, commit };
  }

  async read(file: ModelFile, { commit }: Listing, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return (await this.whole(file.path, commit ?? this.address.revision, signal)).bytes;
  }

  bring(
    file: ModelFile,
    revision: string,
    writer: FileWriter,
    note: ValidatorNote,
    options: BringOptions,
  ): Promise<void> {
    const url = this.urlOf(file.path, revision);
    return resumeFile({ file, url, address: this.address, access: this.access, writer, note, ...options });
  }

  private urlOf(path: string, revision: string): string {
    const { base, id } = this.address;
    const parts = path.split("/").map(encodeURIComponent).join("/");
    return `${base}/${id}/resolve/${encodeURIComponent(revision)}/${parts}`;
  }

  private whole(path: string, revision: string, signal: AbortSignal | undefined) {
    const { address, access } = this;
    const url = this.urlOf(path, revision);
    return this.patiently(path, signal, async (watching) => {
      const response = await requestOf(access, { url, what: path, address, signal: watching });
      return { headers: response.headers, bytes: await wholeBody(response) };
    });
  }

  /** Fewer attempts than for a file of weights: somebody waits for the answer, and it is soon asked for again. */
  private patiently<T>(
    what: string,
    signal: AbortSignal | undefined,
    run: (watching: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { stallMs, attempts } = this.access.patience;
    const patience = { ...this.access.patience, attempts: Math.min(attempts, SMALL_ATTEMPTS) };
    return persistently(() => watched(stallMs, signal, run), {
      patience,
      signal,
      giveUp: (last) =>
        new DownloadError(
          `${what} of ${this.address.id} could not be had: ${last.message}. ${whenAgain(last)}`,
        ),
    });
  }
}

/** Encrypted, or not leaving the machine. */
function isPrivate(base: string): boolean {
  const { protocol, hostname } = new URL(base);
  return protocol === "https:" || /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
