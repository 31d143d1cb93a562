/** An evaluation by hand: questions, a store in memory, and a solver that answers by rule and writes down what it did. */
import type { EvaluationData } from "../../src/evaluation/evaluation-data.ts";
import type { Design } from "../../src/evaluation/passes.ts";
import type { Question } from "../../src/evaluation/question.ts";
import type { Entries, Solver, Store } from "../../src/evaluation/solver.ts";
import { twoWiki } from "../../src/evaluation/two-wiki.ts";
import type { Step, Task, TaskResult } from "../../src/runtime/events.ts";
import { readLimits } from "../../src/runtime/limits.ts";
import type { Mode, Trace } from "../../src/terms/log.ts";
import { type RetrievalInUse, readRetrieval } from "../../src/terms/retrieval.ts";

/** Its answer is its text without the question mark. */
export function questionOf(text: string, more: Partial<Question> = {}): Question {
  return { question: `${text}?`, answer: text, type: "chain", facts: [], again: undefined, ...more };
}

/** One document a part, named after it. Fingerprints tell lists apart by name. */
export function dataOf(seen: readonly Question[], unseen: readonly Question[]): EvaluationData {
  return {
    about: { dataset: "by hand", split: null, again: false, front: false },
    form: twoWiki,
    source: "made by hand",
    seen,
    asked: { seen, unseen },
    corpora: { seen: [{ title: "Before", text: "b" }], unseen: [{ title: "After", text: "a" }] },
    fingerprints: {
      seen: "seen",
      asked: { seen: "seen", unseen: "unseen" },
      corpora: { seen: "before", unseen: "after" },
    },
  };
}

export function designOf(modes: readonly Mode[], more: Partial<Design> = {}): Design {
  const banks = { banks: ["static"], parts: ["unseen"], bankSizes: [], ks: [] } as const;
  const layout = { placement: "front", recording: "re-encode" } as const;
  return { modes, limits: readLimits({}), layout, seed: 1, ...banks, ...more };
}

export class MemoryStore implements Store {
  readonly kept = new Map<string, Map<number, unknown>>();

  async open<T>(name: string): Promise<Entries<T>> {
    const entries = this.kept.get(name) ?? new Map<number, unknown>();
    this.kept.set(name, entries);
    return { get: (n) => entries.get(n) as T | undefined, put: (n, value) => void entries.set(n, value) };
  }
}

/** One step of a task that took `time` milliseconds, with these logs in front. */
export function stepOf(number: number, response: string, more: Partial<Step> = {}): Step {
  return {
    number,
    query: "query",
    response,
    action: { type: "none", text: response },
    logs: [],
    documents: ["T"],
    leftOut: { logs: [], documents: [] },
    prefixRows: 0,
    promptTokens: 10,
    newTokens: 4,
    timings: { retrieve: 1, prepare: 0, prefix: 2, firstToken: 3, generate: 20 },
    ...more,
  };
}

/** Answers "unknown" after 3 steps, "nothing" not at all after 8, anything else rightly after 2; in mode kv after 1. */
export class ScriptedSolver implements Solver {
  readonly identity: Solver["identity"];
  /** What it was asked to do, in order: "mode question? document-that-is-there", "delete all", "remember question?". */
  readonly calls: string[] = [];
  readonly tasks: Task[] = [];
  readonly remembered: Trace[] = [];
  /** First documents of the corpora that it was given, in order. */
  readonly corpora: string[] = [];
  /** Ids of the logs in its bank, by their questions. */
  readonly bank = new Map<string, string>();
  failAt = "";
  tooLong = "";
  milliseconds = 0;
  #there = "nothing";
  #logs = 0;

  constructor(retrieval: Partial<RetrievalInUse> = {}) {
    this.identity = {
      model: { name: "m", fingerprint: "f", trainedModes: null },
      backend: "wasm",
      retrieval: { ...readRetrieval(), embedder: null, ...retrieval },
      runtime: "r",
    };
  }

  async setCorpus([document]: readonly { readonly title: string }[]): Promise<void> {
    this.#there = document?.title ?? "nothing";
    this.corpora.push(this.#there);
  }

  async ask(task: Task): Promise<TaskResult | null> {
    const { question, mode = "kv", logs = [] } = task;
    this.calls.push([mode, question, this.#there, ...logs].join(" "));
    this.tasks.push(task);
    if (question === this.tooLong) return null;
    await new Promise((resolve) => setTimeout(resolve, this.milliseconds));
    if (question === this.failAt) throw new Error("the page is gone");
    const word = question.slice(0, -1);
    const [answer, outcome, steps] =
      word === "unknown"
        ? (["unknown", "unknown", 3] as const)
        : word === "nothing"
          ? ([null, "unanswered", 8] as const)
          : ([word, "answered", mode === "kv" ? 1 : 2] as const);
    const used = [...this.bank]
      .slice(-2)
      .map(([name, id]) => ({ id, question: name, similarity: 1, steps: 2, rows: 3 }));
    const logId = task.record ? this.#add(question) : null;
    return {
      answer,
      outcome,
      steps: Array.from({ length: steps }, (_, i) =>
        stepOf(i + 1, `response ${i + 1} to ${question}`, { logs: used }),
      ),
      logs: used,
      logId,
      notices: [],
      timings: { total: 50, record: 8 },
    } as unknown as TaskResult;
  }

  async remember(trace: Trace, modes: readonly Mode[]): Promise<string | null> {
    this.calls.push(`remember ${trace.question} for ${modes}`);
    this.remembered.push(trace);
    return trace.question === this.tooLong ? null : this.#add(trace.question);
  }

  async listLogs() {
    const header = { tokens: 3, bytes: 300 };
    return [...this.bank.values()].map((id) => ({ id, slices: { kv: header, "kv-all": header } as object }));
  }

  async deleteAllLogs(): Promise<void> {
    this.calls.push("delete all");
    this.bank.clear();
  }

  #add(question: string): string {
    this.#logs += 1;
    this.bank.set(question, `log ${this.#logs}`);
    return `log ${this.#logs}`;
  }
}
