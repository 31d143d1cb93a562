/** Bytes that survive a restart, in folders with names: what downloads are written to and models are read from. */

/** One file that is being written, from its beginning to its end. Nobody else writes it meanwhile. */
export interface FileWriter {
  /** Bytes that are there. */
  readonly size: number;
  /** Behind what is there. Throws StorageError when the browser takes no more. */
  append(bytes: Uint8Array): void;
  /** Cuts off what is behind the first `size` bytes. */
  truncate(size: number): void;
  /** What was written stays, whatever happens next. */
  close(): void;
}

/** Names may hold any character. Throws StorageError for what the browser refuses. */
export interface FileStore {
  folders(): Promise<string[]>;
  /** A file's bytes, read when they are asked for, or undefined when it is not there. */
  read(folder: string, name: string): Promise<Blob | undefined>;
  /** Opens a file to be written on, making it and its folder when they are not there. */
  write(folder: string, name: string): Promise<FileWriter>;
  removeFile(folder: string, name: string): Promise<void>;
  removeFolder(folder: string): Promise<void>;
  /** Runs while nobody else, in this tab or another, does so for the same folder. Throws StorageError when somebody does. */
  exclusively<T>(folder: string, run: () => Promise<T>): Promise<T>;
  /** Bytes that the browser still takes, as far as it says. */
  room(): Promise<number | undefined>;
}
