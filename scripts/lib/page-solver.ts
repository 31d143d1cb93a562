/** The built page in headless Chromium, as the solver of an evaluation. */
import type { Page } from "playwright";
// Also declares `window.webLag`.
import type {} from "../../src/app/automation.ts";
import type { BackendChoice, LoadResult } from "../../src/client/protocol.ts";
import type { Task, TaskResult } from "../../src/runtime/events.ts";
import type { Document } from "../../src/terms/document.ts";
import { LagError, messageOf } from "../../src/terms/errors.ts";
import type { Mode, Trace } from "../../src/terms/log.ts";
import { openBuiltPage } from "./built-page.ts";
import { explain } from "./page-error.ts";
import type { CorpusSolver } from "./run-evaluation.ts";

/** What answers depend on besides the data. */
export interface SolverIdentity {
  readonly model: string;
  readonly backend: string;
  /** File name of the worker that ran: the build names it after its contents. */
  readonly runtime: string;
}

export class PageSolver implements CorpusSolver {
  readonly identity: SolverIdentity;
  readonly #page: Page;
  readonly #close: () => Promise<void>;

  private constructor(page: Page, close: () => Promise<void>, identity: SolverIdentity) {
    this.#page = page;
    this.#close = close;
    this.identity = identity;
  }

  /** `count` pages one after the other. When one fails to open, those before it are closed. */
  static async openSeveral(count: number, backend: BackendChoice): Promise<PageSolver[]> {
    const solvers: PageSolver[] = [];
    try {
      while (solvers.length < count) solvers.push(await PageSolver.open(backend));
    } catch (error) {
      await Promise.all(solvers.map((solver) => solver.close()));
      throw error;
    }
    return solvers;
  }

  /** Opens the page with a profile of its own, so that nothing is in the bank, and waits for its model. */
  static async open(backend: BackendChoice): Promise<PageSolver> {
    const { page, close } = await openBuiltPage({ backend });
    try {
      const loaded: LoadResult = await page.evaluate(() => window.webLag.ready).catch(explain);
      for (const notice of loaded.notices) console.error(notice);
      const worker = page.workers().find((each) => each.url().includes("runtime.worker"));
      if (!worker) throw new LagError("The page runs no worker named runtime.worker. Build it again.");
      const runtime = new URL(worker.url()).pathname.split("/").at(-1)!;
      return new PageSolver(page, close, {
        model: loaded.model.fingerprint,
        backend: loaded.backend,
        runtime,
      });
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Replaces the documents that questions are answered from. */
  async setCorpus(documents: readonly Document[]): Promise<void> {
    await this.#page.evaluate((corpus) => window.webLag.setCorpus(corpus), documents).catch(explain);
  }

  /** A worker that dies is replaced by the page at the next call, so a task that fails is asked once more. */
  async ask(task: Task): Promise<TaskResult | null> {
    const once = () => this.#page.evaluate(askByName, task).catch(explain);
    let asked: Asked;
    try {
      asked = await once();
    } catch (error) {
      console.error(`"${task.question}" failed (${messageOf(error)}). It is asked once more.`);
      asked = await once();
    }
    if ("result" in asked) return asked.result;
    console.error(`"${task.question}" counts as not answered: ${asked.contextFull}`);
    return null;
  }

  remember(trace: Trace, modes: readonly Mode[]): Promise<string> {
    return this.#page
      .evaluate(([given, wanted]) => window.webLag.remember(given, wanted), [trace, modes] as const)
      .catch(explain);
  }

  deleteAllLogs(): Promise<void> {
    return this.#page.evaluate(() => window.webLag.deleteAllLogs()).catch(explain);
  }

  close(): Promise<void> {
    return this.#close();
  }
}

type Asked = { readonly result: TaskResult } | { readonly contextFull: string };

/** Runs in the page: an error loses its name on the way out. A full context is the same at every try. */
async function askByName(task: Task): Promise<Asked> {
  try {
    return { result: await window.webLag.ask(task) };
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== "ContextFullError") throw error;
    return { contextFull: message };
  }
}
