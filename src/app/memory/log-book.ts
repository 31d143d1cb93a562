/** What the page knows of the bank: every log, kept in step with it, whichever tab changed it. */
import type { BankStats } from "../../bank/bank.ts";
import type { Client } from "../../client/connect.ts";
import { messageOf } from "../../terms/errors.ts";
import type { Log, LogMarks } from "../../terms/log.ts";
import { coalesced } from "../coalesced.ts";
import { texts } from "../texts/texts.ts";

export interface LogBook {
  /** Newest first, as of the last refresh. */
  readonly logs: readonly Log[];
  readonly stats: BankStats;
  find(id: string): Log | undefined;
  refresh(): Promise<void>;
  /** Calls back after every refresh. */
  onChange(listener: () => void): void;
  /** Adds to what was said about a log. What fails is told as a notice. */
  mark(id: string, marks: LogMarks): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
  removeAll(): Promise<void>;
}

export function openLogBook(client: Client, notice: (text: string) => void): LogBook {
  const listeners: (() => void)[] = [];
  let logs: readonly Log[] = [];
  let stats: BankStats = { logs: 0, sliceBytes: 0, rows: 0 };
  let byId = new Map<string, Log>();

  /** A bank that is being filled changes many times a second, and each refresh reads all of it. */
  const refresh = coalesced(async () => {
    try {
      [logs, stats] = await Promise.all([client.listLogs(), client.bankStats()]);
      byId = new Map(logs.map((log) => [log.id, log]));
      for (const listener of listeners) listener();
    } catch (error) {
      notice(`${texts.memory.notShown} ${messageOf(error)}`);
    }
  });

  async function change(failure: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      notice(`${failure} ${messageOf(error)}`);
    }
    await refresh();
  }

  client.onBankChange(() => void refresh());
  return {
    get logs() {
      return logs;
    },
    get stats() {
      return stats;
    },
    find: (id) => byId.get(id),
    refresh,
    onChange: (listener) => void listeners.push(listener),
    mark: (id, marks) =>
      change(texts.memory.notChanged, () => client.markLog(id, { ...byId.get(id)?.marks, ...marks })),
    remove: (ids) =>
      change(texts.memory.notDeleted, async () => {
        for (const id of ids) await client.deleteLog(id);
      }),
    removeAll: () => change(texts.memory.notAllDeleted, () => client.deleteAllLogs()),
  };
}
