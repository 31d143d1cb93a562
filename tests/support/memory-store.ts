/** A store of models that lasts as long as the test, for Node. */
import type { FileStore, FileWriter } from "../../src/hub/file-store.ts";
import { StorageError } from "../../src/terms/errors.ts";

export class MemoryStore implements FileStore {
  /** Folder → name → bytes. */
  readonly content = new Map<string, Map<string, Uint8Array<ArrayBuffer>>>();
  /** Bytes that fit, in all. */
  readonly limit: number;
  /** What `room` answers with, where that is not the truth. */
  claimedRoom: number | undefined;
  private readonly busy = new Set<string>();

  constructor(limit = Number.POSITIVE_INFINITY) {
    this.limit = limit;
  }

  async folders(): Promise<string[]> {
    return [...this.content.keys()];
  }

  async read(folder: string, name: string): Promise<Blob | undefined> {
    const bytes = this.content.get(folder)?.get(name);
    return bytes && new Blob([bytes]);
  }

  async write(folder: string, name: string): Promise<FileWriter> {
    const files = this.content.get(folder) ?? new Map<string, Uint8Array<ArrayBuffer>>();
    this.content.set(folder, files);
    const used = () => this.used();
    const { limit } = this;
    if (!files.has(name)) files.set(name, new Uint8Array());
    return {
      get size() {
        return files.get(name)!.byteLength;
      },
      append(bytes) {
        if (used() + bytes.byteLength > limit) throw new StorageError("The browser refused to store more.");
        const before = files.get(name)!;
        const after = new Uint8Array(before.byteLength + bytes.byteLength);
        after.set(before);
        after.set(bytes, before.byteLength);
        files.set(name, after);
      },
      truncate: (size) => void files.set(name, files.get(name)!.slice(0, size)),
      close() {},
    };
  }

  async removeFile(folder: string, name: string): Promise<void> {
    this.content.get(folder)?.delete(name);
  }

  async removeFolder(folder: string): Promise<void> {
    this.content.delete(folder);
  }

  async exclusively<T>(folder: string, run: () => Promise<T>): Promise<T> {
    if (this.busy.has(folder)) throw new StorageError("This model is being downloaded or deleted just now.");
    this.busy.add(folder);
    try {
      return await run();
    } finally {
      this.busy.delete(folder);
    }
  }

  async room(): Promise<number | undefined> {
    return this.claimedRoom ?? (Number.isFinite(this.limit) ? this.limit - this.used() : undefined);
  }

  private used(): number {
    let sum = 0;
    for (const files of this.content.values()) for (const bytes of files.values()) sum += bytes.byteLength;
    return sum;
  }
}
