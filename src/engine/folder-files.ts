/** Fetches files of one folder by their paths, counts the bytes of all of them together, and names what is wrong. */
import { ModelFileError } from "../terms/errors.ts";
import { type Fetch, fetchFile, parseJson } from "./fetch-file.ts";

export type JsonFields = Readonly<Record<string, unknown>>;

export interface FolderProgress {
  readonly file: string;
  /** Bytes that have arrived, of all files. */
  readonly loaded: number;
  /** Bytes of all files whose size is known by now. */
  readonly total: number;
}

export interface FolderFilesOptions {
  readonly fetch?: Fetch;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: FolderProgress) => void;
}

/** From this size on a graph holds its weights itself; a smaller one may have them in files beside it. */
const WHOLE_MODEL = 1024 * 1024;

/** How addresses of folders begin that the browser keeps: no server gives them out, only a `fetch` that is handed in. */
export const STORED = "stored://";

/** The folder at `url`, with or without a slash at its end. Throws ModelFileError for one of another origin. */
export function openFolder(url: string, options: FolderFilesOptions): FolderFiles {
  const base = url.endsWith("/") ? url : `${url}/`;
  checkOrigin(base);
  return new FolderFiles(base, options);
}

export class FolderFiles {
  private readonly base: string;
  private readonly options: FolderFilesOptions;
  private loaded = 0;
  private total = 0;
  // Before the weights answer, the total would be that of a few small files, and the whole look nearly done.
  private sizeKnown = false;

  /** `base` ends with a slash. */
  constructor(base: string, options: FolderFilesOptions) {
    this.base = base;
    this.options = options;
  }

  /** The last part of the folder's path. */
  get name(): string {
    return this.base.split("/").filter(Boolean).at(-1) ?? this.base;
  }

  /** The address of a file. */
  at(file: string): string {
    return this.base + file;
  }

  /** Bytes of a file, or undefined when it is not there. Throws ModelFileError, AbortError. */
  find(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return this.fetch(file, Number.POSITIVE_INFINITY);
  }

  /** As `find`, for a file that must be there. */
  async need(file: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.present(file, await this.find(file));
  }

  /** As `need`, for a file of weights: the first large one says how much there is to fetch. */
  async needWeights(file: string): Promise<Uint8Array<ArrayBuffer>> {
    return this.present(file, await this.fetch(file, WHOLE_MODEL));
  }

  async findJson(file: string): Promise<JsonFields | undefined> {
    const bytes = await this.find(file);
    return bytes === undefined ? undefined : this.object(file, bytes);
  }

  async needJson(file: string): Promise<JsonFields> {
    return this.object(file, await this.need(file));
  }

  /** As `needJson`, for a file that holds a list. */
  async needJsonList(file: string): Promise<readonly unknown[]> {
    const value = parseJson(await this.need(file), this.at(file));
    if (Array.isArray(value)) return value;
    throw new ModelFileError(`${this.at(file)} is not a JSON list. Download the model folder again.`);
  }

  /** Reports that `file` is there and that no more than what is known is to be fetched. */
  complete(file: string): void {
    this.sizeKnown = true;
    this.report(file);
  }

  private fetch(file: string, tells: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { fetch = (address, init) => globalThis.fetch(address, init), signal } = this.options;
    let arrived = 0;
    return fetchFile(this.at(file), {
      fetch,
      ...(signal ? { signal } : {}),
      onSize: (bytes) => {
        this.total += bytes;
        this.sizeKnown ||= bytes >= tells;
      },
      onBytes: (bytes) => {
        arrived += bytes;
        this.loaded += bytes;
        this.total = Math.max(this.total, this.loaded);
        this.sizeKnown ||= arrived >= tells;
        this.report(file);
      },
    });
  }

  private report(file: string): void {
    if (this.sizeKnown) this.options.onProgress?.({ file, loaded: this.loaded, total: this.total });
  }

  private present(file: string, bytes: Uint8Array<ArrayBuffer> | undefined): Uint8Array<ArrayBuffer> {
    if (bytes !== undefined) return bytes;
    throw new ModelFileError(`${this.at(file)} is not there. A model folder needs it: complete the folder.`);
  }

  private object(file: string, bytes: Uint8Array): JsonFields {
    const value = parseJson(bytes, this.at(file));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonFields;
    throw new ModelFileError(`${this.at(file)} is not a JSON object. Download the model folder again.`);
  }
}

/** A page may run only models that its own server gives out, or that a person had it keep: those have no server. */
function checkOrigin(base: string): void {
  if (base.startsWith(STORED)) return;
  const page = (globalThis as { location?: { origin: string; href: string } }).location;
  if (page === undefined) return;
  const origin = new URL(base, page.href).origin;
  if (origin !== page.origin) {
    throw new ModelFileError(
      `The model folder ${base} is at ${origin}, the page at ${page.origin}. Put the folder on the page's own server.`,
    );
  }
}
