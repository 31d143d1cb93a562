/** The built page in headless Chromium, as the solver of an evaluation. */
import type { Page } from "playwright";
// Also declares `window.webLag`.
import type {} from "../../src/app/automation.ts";
import type { LoadResult } from "../../src/client/protocol.ts";
import { modelOfReport, type Solver, type SolverIdentity } from "../../src/evaluation/solver.ts";
import type { Task, TaskResult } from "../../src/runtime/events.ts";
import type { Document } from "../../src/terms/document.ts";
import { messageOf } from "../../src/terms/errors.ts";
import type { Placement } from "../../src/terms/layout.ts";
import type { Log, Mode, Trace } from "../../src/terms/log.ts";
import type { Thoughts } from "../../src/terms/thoughts.ts";
import { type OpenOptions, openBuiltPage } from "./built-page.ts";
import { explain } from "./page-error.ts";

export interface SolverOptions extends OpenOptions {
  readonly thoughts: Thoughts;
}

export class PageSolver implements Solver {
  readonly identity: SolverIdentity;
  readonly #page: Page;
  readonly #close: () => Promise<void>;

  private constructor(page: Page, close: () => Promise<void>, identity: SolverIdentity) {
    this.#page = page;
    this.#close = close;
    this.identity = identity;
  }

  /** `count` pages one after the other. When one fails to open, those before it are closed. */
  static async openSeveral(count: number, options: SolverOptions): Promise<PageSolver[]> {
    const solvers: PageSolver[] = [];
    try {
      while (solvers.length < count) solvers.push(await PageSolver.open(options));
    } catch (error) {
      await Promise.all(solvers.map((solver) => solver.close()));
      throw error;
    }
    return solvers;
  }

  /** Opens the page with a profile of its own, so that nothing is in the bank, and waits for its model. */
  static async open({ thoughts, ...options }: SolverOptions): Promise<PageSolver> {
    const { page, close } = await openBuiltPage({ ...options, query: { ...options.query, thoughts } });
    try {
      const loaded: LoadResult = await page.evaluate(() => window.webLag.ready).catch(explain);
      for (const notice of loaded.notices) console.error(notice);
      return new PageSolver(page, close, {
        model: modelOfReport(loaded.model),
        backend: loaded.backend,
        retrieval: loaded.retrieval,
        runtime: loaded.runtime,
        ...(thoughts !== "drop" && { thoughts }),
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
    let asked: Outcome<TaskResult>;
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

  async remember(trace: Trace, modes: readonly Mode[], placement: Placement): Promise<string | null> {
    const given = [trace, modes, placement] as const;
    const remembered = await this.#page.evaluate(rememberByName, given).catch(explain);
    if ("result" in remembered) return remembered.result;
    console.error(`"${trace.question}" leaves no log: ${remembered.contextFull}`);
    return null;
  }

  listLogs(): Promise<Pick<Log, "id" | "slices">[]> {
    return this.#page
      .evaluate(async () => (await window.webLag.listLogs()).map(({ id, slices }) => ({ id, slices })))
      .catch(explain);
  }

  deleteAllLogs(): Promise<void> {
    return this.#page.evaluate(() => window.webLag.deleteAllLogs()).catch(explain);
  }

  close(): Promise<void> {
    return this.#close();
  }
}

type Outcome<T> = { readonly result: T } | { readonly contextFull: string };

// These run in the page: an error loses its name on the way out. A full context is the same at every try.

async function askByName(task: Task): Promise<Outcome<TaskResult>> {
  try {
    return { result: await window.webLag.ask(task) };
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== "ContextFullError") throw error;
    return { contextFull: message };
  }
}

async function rememberByName([trace, modes, placement]: readonly [
  Trace,
  readonly Mode[],
  Placement,
]): Promise<Outcome<string>> {
  try {
    return { result: await window.webLag.remember(trace, modes, placement) };
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== "ContextFullError") throw error;
    return { contextFull: message };
  }
}
