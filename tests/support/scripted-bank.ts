/** A bank whose search brings what it is told to: for tests of the loop, not of retrieval or of storage. */
import type { LogBank, LogSearchOptions } from "../../src/bank/bank.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import { headersOf, type Log, type NewLog, type SliceEncoding, type Slices } from "../../src/terms/log.ts";
import { charsOf, SHAPE, sliceFor } from "../../src/testing/scripted-engine.ts";

export interface ScriptedBank extends LogBank {
  readonly logs: Map<string, Log>;
  /** By the log's id for `kv`, by id and encoding ("a kv-all") for others. */
  readonly slices: Map<string, KvSlice>;
  /** What the bank was asked to do, in order. */
  readonly calls: string[];
  readonly searches: { readonly query: string; readonly options: LogSearchOptions }[];
}

/** `ranking`: ids that a query brings, best first, at similarities 0.9, 0.8, … Default: every log. */
export function scriptedBank(
  entries: readonly NewLog[] = [],
  ranking?: Record<string, readonly string[]>,
): ScriptedBank {
  const logs = new Map<string, Log>();
  const slices = new Map<string, KvSlice>();
  const putRows = (id: string, rows: Slices) => {
    for (const [name, slice] of Object.entries(rows)) slices.set(keyOf(id, name as SliceEncoding), slice);
  };
  const put = ({ log, slices: rows }: NewLog) => {
    logs.set(log.id, log);
    putRows(log.id, rows);
  };
  entries.forEach(put);
  const calls: string[] = [];
  const searches: ScriptedBank["searches"] = [];
  const stub = (): never => {
    throw new Error("The loop has no business here.");
  };
  return {
    logs,
    slices,
    calls,
    searches,
    async add(entry) {
      calls.push(`add ${entry.log.question}`);
      put(entry);
    },
    async replace(entry) {
      calls.push(`replace ${entry.log.id}`);
      put(entry);
    },
    async putSlices(id, _model, rows) {
      calls.push(`put slices ${id} ${Object.keys(rows)}`);
      const log = logs.get(id)!;
      logs.set(id, { ...log, slices: { ...log.slices, ...headersOf(rows) } });
      putRows(id, rows);
    },
    async search(query, options) {
      searches.push({ query, options });
      const { k, skip = 0, except = [] } = options;
      const ids = ranking ? (ranking[query] ?? []) : [...logs.keys()];
      return ids
        .filter((id) => !except.includes(id))
        .map((id, place) => ({ id, similarity: 0.9 - place / 10 }))
        .slice(skip, skip + k);
    },
    withoutVector: async () => 0,
    get: async (id) => logs.get(id),
    slice: async (id, encoding) => slices.get(keyOf(id, encoding)),
    async delete(id) {
      calls.push(`delete ${id}`);
      logs.delete(id);
    },
    mark: stub,
    list: stub,
    deleteAll: stub,
    stats: stub,
    subscribe: stub,
    close: stub,
  };
}

function keyOf(id: string, encoding: SliceEncoding): string {
  return encoding === "kv" ? id : `${id} ${encoding}`;
}

/** A log as the scripted engine would have left it. `responses`: one or several. */
export function logOf(id: string, responses: readonly string[], over: Partial<Log> = {}): NewLog {
  const responseIds = responses.map((response) => charsOf(`${response}\n\n`));
  const slice = sliceFor(responseIds.at(-1)!);
  const header = { shape: SHAPE, dtype: slice.dtype, tokens: slice.tokens, bytes: slice.tokens * 8 };
  const log: Log = {
    id,
    question: `Question of ${id}?`,
    responses,
    answer: "x",
    outcome: "answered",
    steps: responses.length,
    mode: "none",
    usedLogs: [],
    usedDocuments: [],
    responseIds,
    model: "model-a",
    slices: { kv: header },
    createdAt: 1,
    origin: "test",
    ...over,
  };
  return { log, slices: { kv: slice } };
}
