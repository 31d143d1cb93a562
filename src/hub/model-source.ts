/** Where the files of a model come from: a hub, or a folder that a person chose. */
import { InputError } from "../terms/errors.ts";
import type { FileWriter } from "./file-store.ts";
import type { HubAddress } from "./hub-address.ts";

/** A file as its source announces it. */
export interface ModelFile {
  /** In the model's folder, with slashes. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** 64 hexadecimal digits, where the source states them. */
  readonly sha256?: string;
  /** Of the bytes as a git object, 40 hexadecimal digits, where the source states them. */
  readonly gitSha1?: string;
}

export interface Listing {
  readonly files: readonly ModelFile[];
  /** What the revision stands for now, or undefined when the source does not say. Files are asked for by it. */
  readonly commit: string | undefined;
}

/** What is stored of the answer that a file began with, to know later whether the rest belongs to it. */
export interface ValidatorNote {
  read(): Promise<string | undefined>;
  /** Undefined forgets it. */
  write(validator: string | undefined): Promise<void>;
}

export interface BringOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes that are there after each piece: less than before when a file begins anew. */
  readonly onBytes?: (there: number) => void;
}

export interface ModelSource {
  readonly address: HubAddress;
  /** Throws DownloadError, AbortError. */
  list(signal?: AbortSignal): Promise<Listing>;
  /** The bytes of a small file of the listing. Throws DownloadError, AbortError. */
  read(file: ModelFile, listing: Listing, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** Brings what is missing of a file of a commit or other revision behind what is there. Throws DownloadError, StorageError, AbortError. */
  bring(
    file: ModelFile,
    revision: string,
    writer: FileWriter,
    note: ValidatorNote,
    options: BringOptions,
  ): Promise<void>;
}

/** Whether a path is one of a file inside a folder, and means the same in an address. */
export function staysInside(path: string): boolean {
  return path.split("/").every((name) => !["", ".", ".."].includes(name) && !name.includes("\\"));
}

/** The file at `path`. Throws InputError that names the source. */
export function fileAt(files: readonly ModelFile[], path: string, { id }: HubAddress): ModelFile {
  const file = files.find((one) => one.path === path);
  if (file) return file;
  throw new InputError(
    `${id} has no ${path}, which a model in Hugging Face's ONNX layout needs. Choose a model with an ONNX export.`,
  );
}
