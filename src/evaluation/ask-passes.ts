/**
 * Asks what a plan lists and a store does not hold yet. Who answers is given: one solver, or several that are alike and
 * share the questions; what they find is the same, whoever answers what. An answer is kept as soon as it is there.
 */
import { InputError, throwIfAborted } from "../terms/errors.ts";
import { unitOf } from "../terms/log.ts";
import { type Answered, answeredOf } from "./answered.ts";
import {
  addLog,
  type BankFigures,
  bankFigures,
  clearBank,
  emptyReader,
  noteLog,
  type Reader,
} from "./banks.ts";
import type { EvaluationData } from "./evaluation-data.ts";
import { type KeptPasses, keepPasses } from "./kept-passes.ts";
import { type Pass, type PassBank, type Plan, passesOf } from "./passes.ts";
import type { Question } from "./question.ts";
import { shareWork } from "./share-work.ts";
import type { Solver, Store } from "./solver.ts";
import type { Phase } from "./timed-documents.ts";

export interface Asking {
  readonly data: EvaluationData;
  readonly plan: Plan;
  /** At least one. */
  readonly solvers: readonly Solver[];
  readonly store: Store;
  /** Called before anything is asked. */
  readonly onCount?: (count: TaskCount) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** When it aborts, the run ends with AbortError after the tasks that are under way, which are kept. */
  readonly signal?: AbortSignal | undefined;
}

/** Tasks of a plan: each pass once, however many entries of the plan hold it. */
export interface TaskCount {
  readonly tasks: number;
  /** Of them, there from an earlier run. */
  readonly kept: number;
  readonly passes: readonly { readonly label: string; readonly tasks: number; readonly kept: number }[];
}

export interface Progress {
  /** What is being done. */
  readonly label: string;
  /** Pieces of it. */
  readonly done: number;
  readonly total: number;
  /** Tasks of the whole evaluation, those of earlier runs included. Absent: a perfect reader, who asks no model. */
  readonly all?: { readonly done: number; readonly total: number; readonly kept: number };
}

export interface PassResult {
  /** In the order of the pass's questions. */
  readonly answers: readonly Answered[];
  /** Of what its mode reads. Null where it reads no rows, or where nothing was asked. */
  readonly bank: BankFigures | null;
}

/** Returns what is known of each pass of the plan. Throws AbortError, InputError, and what a solver or a store throws. */
export async function askPasses(asking: Asking): Promise<(pass: Pass) => PassResult> {
  const { data, plan, solvers, store } = asking;
  const run = new Run(asking, keepPasses(store, data, plan.fill, solvers[0]!.identity));
  await run.count();
  const results = new Map<Pass, PassResult>();
  const passes = passesOf(plan);
  for (const pass of passes) {
    if (pass.bank.kind !== "dynamic") results.set(pass, await run.askShared(pass));
  }
  const growing = passes.filter(({ bank }) => bank.kind === "dynamic");
  const grown = await run.askGrowing(growing);
  growing.forEach((pass, i) => void results.set(pass, grown[i]!));
  return (pass) => results.get(pass)!;
}

class Run {
  readonly #asking: Asking;
  readonly #kept: KeptPasses;
  #readers: readonly Reader[];
  /** What all banks hold: a static bank's `drawn` as JSON. Undefined: nothing that is known. */
  #held: string | undefined;
  /** Fingerprint of the documents that all solvers have. Undefined: none that is known. */
  #corpus: string | undefined;
  #all = { done: 0, total: 0, kept: 0 };

  constructor(asking: Asking, kept: KeptPasses) {
    this.#asking = asking;
    this.#kept = kept;
    this.#readers = asking.solvers.map(emptyReader);
  }

  async count(): Promise<void> {
    const { plan, onCount } = this.#asking;
    const counts = new Map<string, { label: string; tasks: number; kept: number }>();
    for (const pass of passesOf(plan)) {
      const { name, answers } = await this.#kept.of(pass);
      const kept = pass.questions.filter((_, n) => answers.get(n) !== undefined).length;
      const tasks = Math.max(pass.questions.length, counts.get(name)?.tasks ?? 0);
      // A pass over the first questions of another one asks nothing of its own.
      counts.set(name, {
        label: counts.get(name)?.label ?? pass.label,
        tasks,
        kept: Math.max(kept, counts.get(name)?.kept ?? 0),
      });
    }
    const passes = [...counts.values()];
    const sum = (pick: "tasks" | "kept") => passes.reduce((total, pass) => total + pass[pick], 0);
    this.#all = { done: sum("kept"), total: sum("tasks"), kept: sum("kept") };
    onCount?.({ tasks: this.#all.total, kept: this.#all.kept, passes });
  }

  /** The questions of a pass whose bank is only read, shared by all solvers. */
  async askShared(pass: Pass): Promise<PassResult> {
    const { signal } = this.#asking;
    const { answers } = await this.#kept.of(pass);
    const missing = [...pass.questions.keys()].filter((n) => answers.get(n) === undefined);
    if (missing.length > 0) {
      if (pass.bank.kind === "static") await this.#fill(pass, pass.bank);
      await this.#setCorpus(pass.corpus);
      const tick = this.#progress(pass, missing.length);
      const ask = async (n: number, reader: Reader): Promise<void> => {
        await answers.put(n, await askOne(pass, pass.questions[n]!, reader, false));
        tick();
      };
      await shareWork(missing, this.#readers, ask, signal);
    }
    return this.#resultOf(pass);
  }

  /** Passes whose questions come one after the other: a solver takes a whole pass. */
  async askGrowing(passes: readonly Pass[]): Promise<PassResult[]> {
    const { solvers, signal } = this.#asking;
    const unfinished: Pass[] = [];
    for (const pass of passes) {
      if (!(await this.#isWhole(pass))) unfinished.push(pass);
    }
    if (unfinished.length > 0) {
      this.#held = undefined;
      await this.#setCorpus("unseen");
      await shareWork(unfinished, solvers, (pass, solver) => this.#grow(pass, solver), signal);
    }
    return Promise.all(passes.map((pass) => this.#resultOf(pass)));
  }

  /** A crash may have fallen between the last answer and the figures of the bank, which is gone then. */
  async #isWhole(pass: Pass): Promise<boolean> {
    const { answers } = await this.#kept.of(pass);
    if (pass.questions.some((_, n) => answers.get(n) === undefined)) return false;
    return unitOf(pass.mode) !== "row" || (await this.#kept.figuresOf(pass)) !== null;
  }

  /** What an earlier run answered leaves its logs again, in their turn. */
  async #grow(pass: Pass, solver: Solver): Promise<void> {
    const { questions, mode, layout } = pass;
    const { answers } = await this.#kept.of(pass);
    const tick = this.#progress(pass, questions.filter((_, n) => answers.get(n) === undefined).length);
    const reader = await clearBank(solver);
    for (const [n, question] of questions.entries()) {
      throwIfAborted(this.#asking.signal);
      const kept = answers.get(n);
      if (kept && layout.recording === "re-encode") {
        await addLog(reader, question, kept, mode, [mode], layout);
        continue;
      }
      // Live rows are there only when the words are said: they are said again.
      const answered = await askOne(pass, question, reader, true);
      if (kept) continue;
      await answers.put(n, answered);
      tick();
    }
    const figures = await bankFigures(solver, mode, layout);
    if (figures) await this.#kept.putFigures(pass, figures);
  }

  /** Every bank gets the logs of these seen questions, with the slices of all modes that will read them. */
  async #fill(pass: Pass, bank: Extract<PassBank, { kind: "static" }>): Promise<void> {
    const { data, plan, signal } = this.#asking;
    const wanted = JSON.stringify(bank.drawn);
    if (this.#held !== wanted) {
      this.#held = undefined;
      const { answers } = await this.askShared(plan.fill!);
      const modes = [...new Set(passesOf(plan).map(({ mode }) => mode))];
      const total = bank.places.length * this.#readers.length;
      let done = 0;
      const isLive = pass.layout.recording === "live";
      if (isLive) await this.#setCorpus("seen");
      const fill = async ({ solver }: Reader): Promise<Reader> => {
        const reader = await clearBank(solver);
        for (const place of bank.places) {
          throwIfAborted(signal);
          const question = data.seen[place]!;
          // Live rows are there only when the words are said: every page says them again.
          if (isLive) await askOne(plan.fill!, question, reader, true);
          else await addLog(reader, question, answers[place]!, "none", modes, pass.layout);
          done += 1;
          this.#tell(isLive ? "seen questions, for live rows" : "logs encoded", done, total);
        }
        return reader;
      };
      this.#readers = await Promise.all(this.#readers.map(fill));
      this.#held = wanted;
    }
    checkFronts(pass, this.#readers[0]!);
    if (await this.#kept.figuresOf(pass)) return;
    const figures = await bankFigures(this.#readers[0]!.solver, pass.mode, pass.layout);
    if (figures) await this.#kept.putFigures(pass, figures);
  }

  async #setCorpus(phase: Phase): Promise<void> {
    const { solvers, data } = this.#asking;
    const wanted = data.fingerprints.corpora[phase];
    if (this.#corpus === wanted) return;
    this.#corpus = undefined;
    await Promise.all(solvers.map((solver) => solver.setCorpus(data.corpora[phase])));
    this.#corpus = wanted;
  }

  async #resultOf(pass: Pass): Promise<PassResult> {
    const { answers } = await this.#kept.of(pass);
    return {
      answers: pass.questions.map((_, n) => answers.get(n)!),
      bank: await this.#kept.figuresOf(pass),
    };
  }

  /** Returns what is to be called after each of the `missing` tasks of a pass. */
  #progress({ label, questions }: Pass, missing: number): () => void {
    let done = questions.length - missing;
    return () => {
      done += 1;
      this.#all = { ...this.#all, done: this.#all.done + 1 };
      this.#tell(label, done, questions.length);
    };
  }

  #tell(label: string, done: number, total: number): void {
    this.#asking.onProgress?.({ label, done, total, all: this.#all });
  }
}

/** `record`: whether the task leaves its log in the bank. */
async function askOne(
  { mode, limits, layout, bank }: Pass,
  asked: Question,
  reader: Reader,
  record: boolean,
): Promise<Answered> {
  const { question, front } = asked;
  const named = front && bank.kind === "static" ? { logs: front.map((id) => reader.logs.get(id)!) } : {};
  const result = await reader.solver.ask({ ...limits, ...layout, question, mode, record, ...named });
  const instead = result?.notices.find(({ code }) => code === "text-instead");
  // Its answers would be counted as those of the mode that was asked for.
  if (instead) throw new InputError(`${instead.text} Leave mode ${mode} out of the evaluation.`);
  if (result?.logId) noteLog(reader, asked, result.logId);
  return answeredOf(asked, result, (id) => reader.names.get(id) ?? id);
}

/** Before the pass begins: a name that leads nowhere would end the run at its question, time and again. */
function checkFronts({ questions }: Pass, { logs }: Reader): void {
  for (const id of questions.flatMap(({ front = [] }) => front)) {
    if (logs.has(id)) continue;
    throw new InputError(
      `The seen question ${JSON.stringify(id)} left no log: it did not fit into the model's context. ` +
        'Take it out of every "front".',
    );
  }
}
