/**
 * What retrieval has brought so far in one task. Logs and documents accumulate over steps, in the order in which
 * they came; the same query again moves its window on; what is there already is dropped.
 */
import type { Ranked } from "../terms/document.ts";
import { isNamed, messageOf } from "../terms/errors.ts";
import type { FoundDocument } from "./document-index.ts";
import type { Notice } from "./events.ts";

export interface Window {
  readonly k: number;
  readonly skip: number;
}

export type Search<T extends Ranked> = (query: string, window: Window) => Promise<readonly T[]>;

export interface GatherOptions {
  /** Null: the mode uses no logs. */
  readonly searchLogs: Search<Ranked> | null;
  /** Null: the task has no corpus. */
  readonly searchDocuments: Search<FoundDocument> | null;
  /** Results that a query brings, at most. */
  readonly logsPerStep: number;
  readonly documentsPerStep: number;
  readonly onNotice: (notice: Notice) => void;
}

/** What one query brought that was not there before. */
export interface Brought {
  readonly logs: readonly Ranked[];
  readonly documents: readonly FoundDocument[];
}

/**
 * The retrieval of one task: call it once a step. A search that fails brings nothing, and a notice; one that was
 * stopped ends the task. Throws AbortError.
 */
export function createGather(options: GatherOptions): (query: string) => Promise<Brought> {
  const { searchLogs, onNotice } = options;
  const logs = accumulate(searchLogs, options.logsPerStep, (error) =>
    onNotice({
      code: "retrieval-failed",
      text: `Logs could not be searched (${messageOf(error)}). This step goes on without new ones.`,
    }),
  );
  const documents = accumulate(options.searchDocuments, options.documentsPerStep, (error) =>
    onNotice({
      code: "documents-failed",
      text: `Documents could not be searched (${messageOf(error)}). This step goes on without new ones.`,
    }),
  );
  return async (query) => ({ logs: await logs(query), documents: await documents(query) });
}

function accumulate<T extends Ranked>(
  search: Search<T> | null,
  k: number,
  onFailure: (error: unknown) => void,
): (query: string) => Promise<readonly T[]> {
  const there = new Set<string>();
  const timesAsked = new Map<string, number>();
  return async (query) => {
    if (!search || k === 0) return [];
    const times = timesAsked.get(query) ?? 0;
    let found: readonly T[];
    try {
      found = await search(query, { k, skip: times * k });
    } catch (error) {
      if (isNamed(error, "AbortError")) throw error;
      onFailure(error);
      return [];
    }
    // Counted only now: a window that failed is looked into again when the query comes again.
    timesAsked.set(query, times + 1);
    const fresh = found.filter(({ id }) => !there.has(id));
    for (const { id } of fresh) there.add(id);
    return fresh;
  };
}
