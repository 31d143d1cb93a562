/** A worker with a bank of its own, as the solver of an evaluation: the chat's worker, logs and documents are not touched. */
import { type Client, connect } from "../../client/connect.ts";
import type { LoadOptions, LoadProgress } from "../../client/protocol.ts";
import { modelOfReport, type Solver, type SolverIdentity } from "../../evaluation/solver.ts";
import type { Task, TaskResult } from "../../runtime/events.ts";
import { isNamed } from "../../terms/errors.ts";

/** The database that holds the bank while an evaluation runs. */
const BANK = "web-lag-report";
/** What would fail again. */
const FINAL = ["AbortError", "ContextFullError", "InputError"];

export class WorkerSolver implements Solver {
  readonly identity: SolverIdentity;
  readonly setCorpus: Client["setCorpus"];
  readonly listLogs: Client["listLogs"];
  readonly deleteAllLogs: Client["deleteAllLogs"];
  readonly #client: Client;
  readonly #signal: AbortSignal;

  private constructor(client: Client, identity: SolverIdentity, signal: AbortSignal) {
    this.identity = identity;
    this.setCorpus = client.setCorpus;
    this.listLogs = client.listLogs;
    this.deleteAllLogs = client.deleteAllLogs;
    this.#client = client;
    this.#signal = signal;
  }

  /** Loads the page's model a second time. `signal` ends the question that is being answered. */
  static async open(
    options: LoadOptions,
    onProgress: (progress: LoadProgress) => void,
    signal: AbortSignal,
  ): Promise<WorkerSolver> {
    const client = connect({ onProgress });
    try {
      const { model, backend, retrieval, runtime } = await client.load({ ...options, bankName: BANK });
      await client.deleteAllLogs(); // of a run whose tab was closed
      const { thoughts = "drop" } = options;
      return new WorkerSolver(
        client,
        {
          model: modelOfReport(model),
          backend,
          retrieval,
          runtime,
          ...(thoughts !== "drop" && { thoughts }),
        },
        signal,
      );
    } catch (error) {
      client.close();
      throw error;
    }
  }

  /** A worker that dies is replaced at the next call, so a task that fails is asked once more. */
  ask(task: Task): Promise<TaskResult | null> {
    const ask = () => this.#client.ask(task, { signal: this.#signal });
    return unlessFull(() =>
      ask().catch((error) => {
        if (FINAL.some((name) => isNamed(error, name))) throw error;
        return ask();
      }),
    );
  }

  remember(...given: Parameters<Solver["remember"]>): Promise<string | null> {
    return unlessFull(() => this.#client.remember(...given));
  }

  /** Ends the worker and removes its bank. */
  async close(): Promise<void> {
    this.#client.close();
    await new Promise<void>((resolve) => {
      const request = indexedDB.deleteDatabase(BANK);
      // What keeps it does no harm: the next run empties it before it begins.
      request.onsuccess = request.onerror = request.onblocked = () => resolve();
    });
  }
}

/** Null for what does not fit into the model's context. */
async function unlessFull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isNamed(error, "ContextFullError")) return null;
    throw error;
  }
}
