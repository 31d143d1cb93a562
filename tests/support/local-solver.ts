/** The runtime in this process, on wasm, as the solver of an evaluation. */
import { MemoryBank } from "../../src/bank/memory-bank.ts";
import type { Engine } from "../../src/engine/engine.ts";
import { loadEngine } from "../../src/engine/load-engine.ts";
import { modelOfReport, type Solver, type SolverIdentity } from "../../src/evaluation/solver.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import { DocumentIndex } from "../../src/runtime/document-index.ts";
import { createRuntime, type Runtime } from "../../src/runtime/runtime.ts";
import type { Document } from "../../src/terms/document.ts";
import type { Placement } from "../../src/terms/layout.ts";
import type { Mode, Trace } from "../../src/terms/log.ts";
import { readRetrieval } from "../../src/terms/retrieval.ts";
import { diskFetch } from "./disk-fetch.ts";

export class LocalSolver implements Solver {
  readonly identity: SolverIdentity;
  readonly #engine: Engine;
  readonly #bank = new MemoryBank(new LexicalIndex());
  readonly #documents = new DocumentIndex(() => new LexicalIndex());
  readonly #runtime: Runtime;

  private constructor(engine: Engine) {
    this.#engine = engine;
    const retrieval = { ...readRetrieval(), embedder: null };
    this.identity = {
      model: modelOfReport(engine.model),
      backend: engine.backend,
      retrieval,
      runtime: "local",
    };
    const parts = { engine, bank: this.#bank, documents: this.#documents, origin: "local" };
    this.#runtime = createRuntime(parts);
  }

  /** `modelUrl`: a `file:` URL of a model folder. */
  static async open(modelUrl: string): Promise<LocalSolver> {
    return new LocalSolver(await loadEngine({ modelUrl, backend: "wasm", fetch: diskFetch }));
  }

  setCorpus(documents: readonly Document[]): Promise<void> {
    return this.#documents.set(documents);
  }

  ask(task: Parameters<Runtime["answer"]>[0]) {
    return this.#runtime.answer(task);
  }

  remember(trace: Trace, modes: readonly Mode[], placement: Placement): Promise<string> {
    return this.#runtime.remember(trace, modes, placement);
  }

  listLogs() {
    return this.#bank.list();
  }

  async deleteAllLogs(): Promise<void> {
    await this.#bank.deleteAll();
  }

  close(): Promise<void> {
    return this.#engine.dispose();
  }
}
