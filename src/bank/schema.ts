/**
 * What stands in IndexedDB, and how a database of an older version becomes one of this version: one function per
 * version, run in order, never changed once released.
 */
import type { DBSchema, IDBPDatabase } from "idb";
import type { KvDtype, KvShape } from "../terms/kv-shape.ts";
import type { Log, SliceEncoding } from "../terms/log.ts";

export interface BankSchema extends DBSchema {
  logs: { key: string; value: LogRecord; indexes: { sequence: number } };
  slices: { key: [string, SliceEncoding]; value: SliceRecord };
  vectors: { key: [string, string]; value: VectorRecord };
  changes: { key: number; value: ChangeRecord };
}

/** A log with what only the bank needs. */
export interface LogRecord extends Log {
  /** Key of the change that added the log: the order of storing, the same in every tab. */
  readonly sequence: number;
  /** The words by which it is found. */
  readonly indexTerms: readonly string[];
}

/** Apart from its log, so that listing and indexing logs never reads rows. */
export interface SliceRecord {
  readonly logId: string;
  readonly encoding: SliceEncoding;
  /** Fingerprint of the model whose rows these are: here too, so that rows alone say whose they are. */
  readonly model: string;
  readonly shape: KvShape;
  readonly dtype: KvDtype;
  readonly tokens: number;
  /** Hash of the sink that it was encoded behind. Absent: behind nothing. */
  readonly sink?: string;
  /** Keys, then values, little-endian. A Blob: read 1.5 times as fast as an ArrayBuffer from 1 MiB on. */
  readonly rows: Blob;
}

/** What an embedder makes of the text by which a log is found. One an embedder, so that tabs may use different ones. */
export interface VectorRecord {
  readonly logId: string;
  /** Fingerprint. */
  readonly embedder: string;
  readonly vector: Float32Array;
}

/** Every write leaves one, so that each tab can catch up with the others. Only the newest are kept. */
export interface ChangeRecord {
  readonly type: "add" | "replace" | "delete" | "delete-all";
  /** Empty for `delete-all`. */
  readonly id: string;
  /** Which open bank wrote it. */
  readonly author: string;
}

export type Upgrade = (db: IDBPDatabase<BankSchema>) => void;

/** The upgrade at index i leads from version i to version i + 1. */
export const UPGRADES: readonly Upgrade[] = [version1, version2];

function version1(db: IDBPDatabase<BankSchema>): void {
  db.createObjectStore("logs", { keyPath: "id" }).createIndex("sequence", "sequence");
  db.createObjectStore("slices", { keyPath: ["logId", "encoding"] });
  db.createObjectStore("changes", { autoIncrement: true });
}

function version2(db: IDBPDatabase<BankSchema>): void {
  db.createObjectStore("vectors", { keyPath: ["logId", "embedder"] });
}
