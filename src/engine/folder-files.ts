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
