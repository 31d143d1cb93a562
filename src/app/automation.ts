/**
 * The door for scripts and developers: `window.webLag`. It speaks to the same worker and bank as the page, whose
 * list of logs follows. In the console of the page:
 *
 *   await webLag.ready                                    // { backend, model, notices }
 *   await webLag.load({ retrieval: "fused" })             // logs and documents by words and by meaning
 *   await webLag.setCorpus([{ title: "…", text: "…" }])   // number of documents
 *   await webLag.ask({ question: "…", mode: "kv" }, (event) => console.log(event))
 *   await webLag.ask({ question: "…", logs: [id] })       // this log in front, not what retrieval finds
 *   await webLag.ask({ question: "…", mode: "kv", placement: "sink-first", recording: "live" })
 *   await webLag.listLogs()
 */
import type { Client, CorpusOptions } from "../client/connect.ts";
import type { LoadOptions, LoadResult } from "../client/protocol.ts";
import type { LagEvent, Task, TaskResult } from "../runtime/events.ts";
import type { Document } from "../terms/document.ts";

export interface Automation
  extends Pick<Client, "remember" | "listLogs" | "deleteLog" | "deleteAllLogs" | "bankStats"> {
  /** The load that the page began by itself. Rejects when it failed. */
  readonly ready: Promise<LoadResult>;
  /** Loads again, with other options than the page's address names. */
  load(options?: Partial<LoadOptions>): Promise<LoadResult>;
  /** Replaces the corpus in use. Returns the number of documents. */
  setCorpus(documents: readonly Document[], options?: CorpusOptions): Promise<number>;
  ask(task: Task, onEvent?: (event: LagEvent) => void, signal?: AbortSignal): Promise<TaskResult>;
  /** Ends the worker as a crash would. The next call starts a new one. */
  killWorker(): void;
}

declare global {
  interface Window {
    webLag: Automation;
  }
}

export function exposeAutomation(client: Client, defaults: LoadOptions, ready: Promise<LoadResult>): void {
  ready.catch(() => {}); // the page shows the failure; whoever awaits `ready` hears of it too
  window.webLag = {
    ready,
    // A folder that is named goes before a model of the page's address.
    load: (options) =>
      client.load({ ...defaults, ...(options?.modelUrl && { model: undefined }), ...options }),
    setCorpus: client.setCorpus,
    ask: (task, onEvent, signal) => client.ask(task, { onEvent, signal }),
    remember: client.remember,
    listLogs: client.listLogs,
    deleteLog: client.deleteLog,
    deleteAllLogs: client.deleteAllLogs,
    bankStats: client.bankStats,
    killWorker: client.kill,
  };
}
