/** A model in a folder that a person chose on their machine: listed and copied as one of a hub is. */
import { InputError } from "../terms/errors.ts";
import type { FileWriter } from "./file-store.ts";
import type { HubAddress } from "./hub-address.ts";
import type { BringOptions, Listing, ModelFile, ModelSource, ValidatorNote } from "./model-source.ts";
import { throwIfStopped } from "./patience.ts";

/** A file with its path as the browser gives it: the chosen folder's name first. */
export interface ChosenFile {
  readonly path: string;
  /** A `File` says when it was changed last. */
  readonly bytes: Blob & { readonly lastModified?: number };
}

const PIECE = 4 * 1024 * 1024;

export class FolderSource implements ModelSource {
  readonly address: HubAddress;
  private readonly files: ReadonlyMap<string, Blob>;

  /** Throws InputError when it is no folder of a model. */
  constructor(chosen: readonly ChosenFile[]) {
    const [folder = ""] = chosen[0]?.path.split("/") ?? [];
    this.files = new Map(chosen.map(({ path, bytes }) => [path.slice(path.indexOf("/") + 1), bytes]));
    // Models of one name that were made at different times are two models, and often of one size.
    const made = chosen.reduce((sum, { bytes }) => sum + bytes.size, 0);
    const changed = Math.max(0, ...chosen.map(({ bytes }) => bytes.lastModified ?? 0));
    const revision = `${chosen.length} files, ${made} bytes, ${new Date(changed).toISOString()}`;
    this.address = { base: "this device", id: folder, revision };
    if (!this.files.has("config.json")) {
      throw new InputError(
        `The folder ${JSON.stringify(folder)} has no config.json. Choose a model's own folder, as a hub gives it out.`,
      );
    }
  }

  async list(): Promise<Listing> {
    return {
      files: [...this.files].map(([path, { size }]) => ({ path, size })),
      commit: undefined,
    };
  }

  async read(file: ModelFile): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.files.get(file.path)!.arrayBuffer());
  }

  /** Copies from the beginning: the folder may have changed since the last time. */
  async bring(
    file: ModelFile,
    _revision: string,
    writer: FileWriter,
    _note: ValidatorNote,
    { signal, onBytes }: BringOptions,
  ): Promise<void> {
    const bytes = this.files.get(file.path)!;
    writer.truncate(0);
    for (let from = 0; from < bytes.size; from += PIECE) {
      throwIfStopped(signal);
      writer.append(new Uint8Array(await bytes.slice(from, from + PIECE).arrayBuffer()));
      onBytes?.(writer.size);
    }
  }
}
