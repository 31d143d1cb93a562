/** What a runtime is made of. Whoever composes it (a worker, a test) chooses the implementations. */
import type { LogBank } from "../bank/bank.ts";
import type { Engine } from "../engine/engine.ts";
import type { DocumentIndex } from "./document-index.ts";

export interface RuntimeParts {
  readonly engine: Engine;
  readonly bank: LogBank;
  /** The corpus that tasks read, if there is one. */
  readonly documents?: Pick<DocumentIndex, "search">;
  /** Written into every log: the origin of the page, or the name of an import. */
  readonly origin: string;
}
