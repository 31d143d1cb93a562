/**
 * What retrieval has brought so far in one task. Logs and documents accumulate over steps, in the order in which
 * they came; the same query again moves its window on; what is there already is dropped.
 */
import type { FoundLog, Ranked } from "../terms/document.ts";
import { isNamed, messageOf } from "../terms/errors.ts";
import type { SimilarityFloors } from "../terms/similarity-floors.ts";
import type { FoundDocument } from "./document-index.ts";
import type { Notice } from "./events.ts";

export interface Window {
  readonly k: number;
  readonly skip: number;
}

export type Search<T extends Ranked> = (query: string, window: Window) => Promise<readonly T[]>;

export interface GatherOptions {
  /** Null: the mode uses no logs. */
  readonly searchLogs: Search<FoundLog> | null;
  /** Null: the task has no corpus. */
  readonly searchDocuments: Search<FoundDocument> | null;
  /** Results that a query brings, at most. */
  readonly logsPerStep: number;
  /** Logs that are less similar to their query are not brought. */
  readonly floors: Required<SimilarityFloors>;
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
  const { searchLogs, floors, onNotice } = options;
  const logs = accumulate(searchLogs && similarEnough(floors, searchLogs), options.logsPerStep, (error) =>
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

/**
 * Its window is the index's own: what is left out makes no room for others, which are less similar still. What a person
 * pinned stays.
 */
function similarEnough(floors: Required<SimilarityFloors>, search: Search<FoundLog>): Search<FoundLog> {
  /** By query: later windows are held against what the first one found. */
  const most = new Map<string, number>();
  return async (query, window) => {
    const found = await search(query, window);
    const best = Math.max(most.get(query) ?? 0, ...found.map(({ similarity }) => similarity));
    most.set(query, best);
    const least = Math.max(floors.minSimilarity, floors.minRelativeSimilarity * best);
    return found.filter(({ similarity, pinned }) => pinned || similarity >= least);
  };
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
