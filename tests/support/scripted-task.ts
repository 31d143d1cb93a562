/** A task on scripted parts: an engine that says, a bank and a corpus that bring, what they are told to. */
import type { ModelInfo } from "../../src/engine/engine.ts";
import type { DocumentIndex } from "../../src/runtime/document-index.ts";
import type { LagEvent } from "../../src/runtime/events.ts";
import { createRuntime } from "../../src/runtime/runtime.ts";
import type { Document } from "../../src/terms/document.ts";
import type { NewLog } from "../../src/terms/log.ts";
import { type Script, scriptedEngine } from "../../src/testing/scripted-engine.ts";
import { logOf, scriptedBank } from "./scripted-bank.ts";

export const QUESTION = "Where was the director of The Lamp born?";
export const KEYWORDS = "The director is Ada Mora. <keywords> Ada Mora </keywords>";
export const ANSWER = "Ada Mora is of Velin. <ans> Velin </ans>";
const doc = (title: string): Document => ({ title, text: `About ${title}.` });
export const CORPUS = ["d0", "d1", "d2", "d3", "d4"].map(doc);
export const INSTRUCTION = "State what the newest documents add, then give keywords or the answer.";

/** Of CORPUS, whose documents a query brings as it is told to, best first. */
function scriptedDocuments(ranking: Record<string, readonly number[]>): Pick<DocumentIndex, "search"> {
  const found = (place: number) => ({ id: String(place), similarity: 1, document: CORPUS[place]! });
  return {
    search: async (query, { k, skip }) => (ranking[query] ?? []).map(found).slice(skip, skip + k),
  };
}

export interface SetUp {
  /** What the engine says, step by step. */
  readonly script: readonly string[] | Script;
  readonly logs?: readonly NewLog[];
  /** Ids that a query brings. Default: all logs. */
  readonly logRanking?: Record<string, readonly string[]>;
  readonly model?: Partial<ModelInfo>;
}

/** A runtime of scripted parts, and what went through them. */
export function setUp({ script, logs = [], logRanking, model }: SetUp) {
  const engine = scriptedEngine(script, model);
  const bank = scriptedBank(logs, logRanking);
  const documents = scriptedDocuments({ [QUESTION]: [0, 1, 2, 3, 4], "Ada Mora": [1, 2, 3, 4] });
  const runtime = createRuntime({ engine, bank, documents, origin: "https://here" });
  const events: LagEvent[] = [];
  const onEvent = (event: LagEvent) => events.push(event);
  return { engine, bank, documents, runtime, events, onEvent };
}

/** Five logs of two responses each: "Early a.", "Late a.", … */
export const LOGS = ["a", "b", "c", "d", "e"].map((id) => logOf(id, [`Early ${id}.`, `Late ${id}.`]));
/** These documents as the prompt shows them. */
export const shown = (...titles: string[]) => titles.map((title) => `- ${title}: About ${title}.\n`).join("");
