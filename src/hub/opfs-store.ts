/**
 * The store in the browser's own file system (OPFS): files are written through handles that only workers have, and
 * what was written stays when a tab is closed in the middle.
 */
import { isNamed, messageOf, StorageError } from "../terms/errors.ts";
import type { FileStore, FileWriter } from "./file-store.ts";

const ROOT = "web-lag-models";
/** What may be lost in a crash of the machine, in bytes. */
const UNFLUSHED = 32 * 1024 * 1024;

/** What only workers have of a file. TypeScript's library for pages does not know it. */
interface SyncHandle {
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

type WorkerFile = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncHandle> };

/** Throws StorageError where the browser has no such storage or does not give it. */
export async function openOpfsStore(): Promise<FileStore> {
  const supported =
    typeof FileSystemFileHandle !== "undefined" && "createSyncAccessHandle" in FileSystemFileHandle.prototype;
  if (!supported || navigator.storage?.getDirectory === undefined) {
    throw new StorageError(
      "This browser has no storage for models (the origin private file system, in workers). Use a current Chromium, " +
        "Firefox or Safari over https or from localhost, or put the model folder on the page's own server.",
    );
  }
  try {
    const origin = await navigator.storage.getDirectory();
    return new OpfsStore(await origin.getDirectoryHandle(ROOT, { create: true }));
  } catch (error) {
    throw explain(error, "opened");
  }
}

class OpfsStore implements FileStore {
  private readonly root: FileSystemDirectoryHandle;

  constructor(root: FileSystemDirectoryHandle) {
    this.root = root;
  }

  async folders(): Promise<string[]> {
    const names: string[] = [];
    for await (const name of this.root.keys()) names.push(name);
    return names;
  }

  async read(folder: string, name: string): Promise<Blob | undefined> {
    const handle = await this.folder(folder);
    return orUndefined(async () => (await handle?.getFileHandle(encodeURIComponent(name)))?.getFile());
  }

  async write(folder: string, name: string): Promise<FileWriter> {
    try {
      const handle = await this.root.getDirectoryHandle(folder, { create: true });
      const file = await handle.getFileHandle(encodeURIComponent(name), { create: true });
      return new OpfsWriter(await (file as WorkerFile).createSyncAccessHandle());
    } catch (error) {
      throw explain(error, "written");
    }
  }

  async removeFile(folder: string, name: string): Promise<void> {
    const handle = await this.folder(folder);
    await orUndefined(async () => handle?.removeEntry(encodeURIComponent(name)));
  }

  async removeFolder(folder: string): Promise<void> {
    await orUndefined(() => this.root.removeEntry(folder, { recursive: true }));
  }

  /** The browser lets go of the lock when the tab or the worker ends. */
  exclusively<T>(folder: string, run: () => Promise<T>): Promise<T> {
    return navigator.locks.request(`${ROOT} ${folder}`, { ifAvailable: true }, (lock) => {
      if (lock !== null) return run();
      throw new StorageError(
        "This model is being downloaded or deleted just now, here or in another tab. Wait for it, or stop it there.",
      );
    }) as Promise<T>;
  }

  async room(): Promise<number | undefined> {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? undefined : quota - usage;
  }

  private folder(name: string): Promise<FileSystemDirectoryHandle | undefined> {
    return orUndefined(() => this.root.getDirectoryHandle(name));
  }
}

class OpfsWriter implements FileWriter {
  size: number;
  private readonly handle: SyncHandle;
  private unflushed = 0;

  constructor(handle: SyncHandle) {
    this.handle = handle;
    this.size = handle.getSize();
  }

  append(bytes: Uint8Array): void {
    try {
      const written = this.handle.write(bytes, { at: this.size });
      if (written !== bytes.byteLength) throw new DOMException("", "QuotaExceededError");
      this.size += written;
      this.unflushed += written;
      if (this.unflushed >= UNFLUSHED) this.flush();
    } catch (error) {
      throw explain(error, "written");
    }
  }

  truncate(size: number): void {
    this.handle.truncate(size);
    this.size = size;
  }

  close(): void {
    try {
      this.flush();
    } finally {
      this.handle.close();
    }
  }

  private flush(): void {
    this.handle.flush();
    this.unflushed = 0;
  }
}

/** Undefined for what is not there. */
async function orUndefined<T>(run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (isNamed(error, "NotFoundError")) return undefined;
    throw explain(error, "read");
  }
}

function explain(error: unknown, what: string): StorageError {
  if (isNamed(error, "QuotaExceededError")) {
    return new StorageError(
      "The browser refused to store more of the model; what has arrived is kept. Free disk space or delete other " +
        "models, and go on.",
      { cause: error },
    );
  }
  if (isNamed(error, "NoModificationAllowedError")) {
    return new StorageError(
      "A file of this model is in use, here or in another tab. Wait for it, or close the other tab, and try again.",
      { cause: error },
    );
  }
  return new StorageError(
    `The browser's storage for models cannot be ${what} (${messageOf(error)}). Allow site data for this page, or ` +
      "leave private mode, and reload.",
    { cause: error },
  );
}
