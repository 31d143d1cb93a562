/** An evaluation from its plan to its report, with a solver that stands in for the page: what is asked, in which order. */
import { describe, expect, test } from "vitest";
import type { EvaluationData } from "../../src/evaluation/evaluation-data.ts";
import type { Design } from "../../src/evaluation/passes.ts";
import { runEvaluation } from "../../src/evaluation/run-evaluation.ts";
import { type Limits, readLimits } from "../../src/runtime/limits.ts";
import type { RetrievalInUse } from "../../src/terms/retrieval.ts";
import { floorsOf, SIMILARITY_FLOORS } from "../../src/terms/similarity-floors.ts";
import { dataOf, designOf, MemoryStore, questionOf, ScriptedSolver } from "../support/evaluation.ts";

const SEEN = [questionOf("s", { id: "s" }), questionOf("t", { id: "t" })];
const UNSEEN = [questionOf("u"), { ...questionOf("v"), front: ["t"] }];
const DATA = dataOf(SEEN, UNSEEN);

async function run(
  design: Design,
  { data = DATA, store = new MemoryStore(), solvers = [new ScriptedSolver()] } = {},
) {
  const report = await runEvaluation({ design, data, solvers, store });
  return { report, store, calls: solvers.flatMap(({ calls }) => calls) };
}

describe("a static bank", () => {
  test("the seen part has its documents, the unseen part its own; the bank is filled once for all modes", async () => {
    const { calls } = await run(designOf(["none", "kv", "text-last"]));
    expect(calls).toEqual([
      "none s? Before",
      "none t? Before",
      "none u? After",
      "none v? After",
      "delete all",
      "remember s? for none,kv,text-last",
      "remember t? for none,kv,text-last",
      "kv u? After",
      "kv v? After log 2",
      "text-last u? After",
      "text-last v? After log 2",
    ]);
  });

  test("mode none alone asks no seen question", async () => {
    const { calls, report } = await run(designOf(["none"]));
    expect(calls).toEqual(["none u? After", "none v? After"]);
    expect(report.modes.none).toMatchObject({ em: 100, steps: 2, n: 2 });
    expect(Object.keys(report)).toEqual(["setting", "documents", "modes", "againstNone", "gains"]);
  });

  test("the report says how many unseen questions have their own logs in the bank", async () => {
    const { report } = await run(designOf(["none"]));
    expect(report.setting).not.toHaveProperty("alsoSeen");
    const overlapping = dataOf(SEEN, [questionOf("s"), questionOf("u")]);
    expect((await run(designOf(["none"]), { data: overlapping })).report.setting.alsoSeen).toBe(1);
  });

  test("how similar a log must be is what the design says, else the model; tasks and the report go by it", async () => {
    const solverOf = () => {
      const solver = new ScriptedSolver();
      const model = { ...solver.identity.model, minSimilarity: 0.4, minRelativeSimilarity: 0.7 };
      return Object.assign(solver, { identity: { ...solver.identity, model } });
    };
    const floorsWith = async (limits: Partial<Limits>) => {
      const solver = solverOf();
      const { report } = await run(
        { ...designOf(["kv"]), limits: readLimits(limits) },
        { solvers: [solver] },
      );
      const floors = floorsOf(report.setting.limits);
      expect(solver.tasks.at(-1)).toMatchObject(floors);
      return floors;
    };
    expect(await floorsWith({})).toEqual({ minSimilarity: 0.4, minRelativeSimilarity: 0.7 });
    expect(await floorsWith({ minSimilarity: 0 })).toEqual({ minSimilarity: 0, minRelativeSimilarity: 0.7 });
    expect(floorsOf((await run(designOf(["kv"]))).report.setting.limits)).toEqual({});
  });

  test("no task leaves a log of its own", async () => {
    const solver = new ScriptedSolver();
    await run(designOf(["none", "kv"]), { solvers: [solver] });
    for (const task of solver.tasks) expect(task.record).toBe(false);
  });

  test("an evaluation that is there already asks nothing, and fills no bank", async () => {
    const { store, report } = await run(designOf(["none", "kv"]));
    const again = await run(designOf(["none", "kv"]), { store });
    expect(again.calls).toEqual([]);
    expect(again.report).toEqual(report);
  });

  test("what was found in another way is asked again, and in mode none only where that changes anything", async () => {
    const store = new MemoryStore();
    const modesAsked = async (retrieval: Partial<RetrievalInUse>) => {
      const { calls } = await run(designOf(["none", "kv"]), {
        store,
        solvers: [new ScriptedSolver(retrieval)],
      });
      return new Set(
        calls.map((call) => call.split(" ")[0]!).filter((word) => word === "none" || word === "kv"),
      );
    };
    const fused = { logs: "fused", embedder: "e" } as const;
    expect(await modesAsked({})).toEqual(new Set(["none", "kv"]));
    expect(await modesAsked(fused)).toEqual(new Set(["kv"]));
    expect(await modesAsked({ ...fused, embedder: "another" })).toEqual(new Set(["kv"]));
    expect(await modesAsked({ ...fused, weights: { lexical: 1, dense: 2 } })).toEqual(new Set(["kv"]));
    expect(await modesAsked({ documents: "dense", embedder: "e" })).toEqual(new Set(["none", "kv"]));
    for (const known of [{}, fused, { weights: { lexical: 1, dense: 2 } }]) {
      expect(await modesAsked(known)).toEqual(new Set());
    }
  });

  test("seen questions asked again have their own logs; in mode none they are those that filled the bank", async () => {
    const same: EvaluationData = {
      ...DATA,
      corpora: { seen: DATA.corpora.unseen, unseen: DATA.corpora.unseen },
      fingerprints: { ...DATA.fingerprints, corpora: { seen: "one", unseen: "one" } },
    };
    const solver = new ScriptedSolver();
    const design = designOf(["none", "kv"], { parts: ["seen"] });
    const { calls, report } = await run(design, { data: same, solvers: [solver] });
    expect(solver.corpora, "the same documents are given once").toEqual(["After"]);
    expect(calls.filter((call) => call.startsWith("none"))).toEqual(["none s? After", "none t? After"]);
    expect(calls.slice(-2)).toEqual(["kv s? After", "kv t? After"]);
    expect(report.modes).toEqual({});
    expect(report.seen).toMatchObject({ modes: { none: { steps: 2 }, kv: { steps: 1 } } });
    expect(report.seen!.againstNone!.kv!.steps.ratio).toBe(0.5);
  });
});

describe("curves", () => {
  test("over the bank: the logs of a smaller one are in the larger, the whole bank is the main run", async () => {
    const seen = Array.from({ length: 6 }, (_, i) => questionOf(`s${i}`));
    const data = dataOf(seen, [questionOf("u")]);
    const design = designOf(["none", "kv"], { bankSizes: [4, 0, 2, 99], seed: 3 });
    const { calls, report } = await run(design, { data });
    const banks: string[][] = [];
    for (const call of calls) {
      if (call === "delete all") banks.push([]);
      else if (call.startsWith("remember")) banks.at(-1)!.push(call.split(" ")[1]!);
    }
    const [whole, empty, two, four] = banks;
    expect([whole!.length, empty!.length, two!.length, four!.length]).toEqual([6, 0, 2, 4]);
    expect(four).toEqual(expect.arrayContaining(two!));
    expect(two).not.toEqual(["s0?", "s1?"]);
    expect(calls.filter((call) => call.startsWith("kv"))).toHaveLength(4);
    expect(report.bankSizes!.seed).toBe(3);
    expect(Object.keys(report.bankSizes!.curves)).toEqual(["kv"]);
    expect(report.bankSizes!.curves.kv!.map(({ x, em, n }) => [x, em, n])).toEqual([
      [0, 100, 1],
      [2, 100, 1],
      [4, 100, 1],
      [6, 100, 1],
    ]);
  });

  test("over k: each k is asked with as many logs a step, that of the limits once", async () => {
    const solver = new ScriptedSolver();
    const design = designOf(["kv"], { ks: [5, 1, 3] });
    const { report } = await run(design, { solvers: [solver] });
    const reading = solver.tasks.filter(({ mode }) => mode === "kv");
    expect(reading.map(({ logsPerStep }) => logsPerStep)).toEqual([3, 3, 1, 1, 5, 5]);
    expect(report.ks!.curves.kv!.map(({ x }) => x)).toEqual([1, 3, 5]);
  });
});

describe("a dynamic bank", () => {
  const dynamic = designOf(["none", "kv"], { banks: ["dynamic"], seed: 7 });
  const listed = dataOf(
    [],
    Array.from({ length: 12 }, (_, i) => questionOf(i === 3 ? "nothing" : `q${i}`)),
  );
  const orderOf = (calls: readonly string[]) =>
    calls.filter((call) => call.startsWith("kv")).map((call) => call.split(" ")[1]!);

  test("all questions in an order of the seed, each finished task's log in the bank at once", async () => {
    const solver = new ScriptedSolver();
    const { calls, report } = await run(dynamic, { data: listed, solvers: [solver] });
    const order = orderOf(calls);
    expect(order.toSorted()).toEqual(listed.asked.unseen.map(({ question }) => question).toSorted());
    expect(order).not.toEqual(listed.asked.unseen.map(({ question }) => question));
    expect([...solver.bank.keys()]).toEqual(order);
    for (const { mode, record } of solver.tasks) expect(record).toBe(mode === "kv");
    expect(calls.filter((call) => call.startsWith("remember"))).toEqual([]);
    expect(report.modes).toEqual({});
    expect(report.dynamic).toMatchObject({ seed: 7, questions: 12, window: 5 });
    expect(report.dynamic!.modes.kv).toMatchObject({ n: 12, costs: { bankBytes: 3600 } });
  });

  test("the same order for a seed, another for another", async () => {
    const first = orderOf((await run(dynamic, { data: listed })).calls);
    expect(orderOf((await run(dynamic, { data: listed })).calls)).toEqual(first);
    const other = { ...dynamic, seed: 8 };
    expect(orderOf((await run(other, { data: listed })).calls)).not.toEqual(first);
  });

  test("mode none stands in the same order, question by question", async () => {
    const { calls, report } = await run(dynamic, { data: listed });
    const hit = orderOf(calls).indexOf("nothing?");
    const { none, kv } = report.dynamic!.curves;
    const last = (curve: typeof none) => curve!.cumulative.at(-1);
    expect(last(none)).toEqual({ x: 12, em: 91.67, steps: 2.5 }); // 11 of 12; (11 × 2 + 8) / 12
    expect(last(kv)).toEqual({ x: 12, em: 91.67, steps: 1.583 });
    for (const curve of [none, kv]) {
      expect(curve!.cumulative.map(({ em }) => em === 100)).toEqual(
        Array.from({ length: 12 }, (_, i) => i < hit),
      );
    }
    expect(report.dynamic!.againstNone!.kv!.steps.ratio).toBe(0.633); // 19 / 30
  });

  test("goes on where it stopped, with the logs of what was answered before in their turn", async () => {
    const store = new MemoryStore();
    const whole = await run(dynamic, { data: listed });
    const order = orderOf(whole.calls);
    const broken = new ScriptedSolver();
    broken.failAt = "nothing?";
    const rest = order.slice(order.indexOf("nothing?"));
    await expect(
      run({ ...dynamic, modes: ["kv"] }, { data: listed, store, solvers: [broken] }),
    ).rejects.toThrow("the page is gone");
    const solver = new ScriptedSolver();
    const again = await run(dynamic, { data: listed, store, solvers: [solver] });
    expect(orderOf(again.calls)).toEqual(rest);
    expect([...solver.bank.keys()]).toEqual(order);
    expect(again.report.dynamic!.curves).toEqual(whole.report.dynamic!.curves);
  });

  test("a browser that ended before its bank was measured: the bank is filled again, and no question asked", async () => {
    const store = new MemoryStore();
    const whole = await run(dynamic, { data: listed });
    const broken = new ScriptedSolver();
    broken.listLogs = () => Promise.reject(new Error("the page is gone"));
    await expect(run(dynamic, { data: listed, store, solvers: [broken] })).rejects.toThrow("is gone");
    const again = await run(dynamic, { data: listed, store });
    expect(orderOf(again.calls)).toEqual([]);
    expect(again.report).toEqual(whole.report);
    expect((await run(dynamic, { data: listed, store })).calls).toEqual([]);
  });

  test("the questions that would fill a static bank are part of it, with the test's documents", async () => {
    const { calls, report } = await run(dynamic);
    expect(calls.filter((call) => call.startsWith("kv")).toSorted()).toEqual([
      "kv s? After",
      "kv t? After",
      "kv u? After",
      "kv v? After",
    ]);
    expect(report.dynamic!.questions).toBe(4);
  });

  test("several solvers take whole modes, and find what one finds", async () => {
    const design = { ...dynamic, modes: ["none", "kv", "kv-all", "text-last"] as const };
    const one = await run(design, { data: listed });
    const solvers = [new ScriptedSolver(), new ScriptedSolver()];
    const two = await run(design, { data: listed, solvers });
    expect(two.report).toEqual(one.report);
    for (const { tasks } of solvers) expect(tasks.some(({ record }) => record)).toBe(true);
  });
});

describe("live rows", () => {
  const live = { layout: { placement: "sink-first", recording: "live" } } as const;

  test("a static bank is filled by saying the seen questions in it, also by a run that has their words", async () => {
    const solver = new ScriptedSolver();
    const store = new MemoryStore();
    const { calls } = await run(designOf(["kv"], live), { solvers: [solver], store });
    const expected = ["delete all", "none s? Before", "none t? Before", "kv u? After", "kv v? After log 2"];
    expect(calls).toEqual(["none s? Before", "none t? Before", ...expected]);
    expect(solver.remembered).toEqual([]);
    const saying = solver.tasks.filter(({ record }) => record);
    expect(saying.map(({ question, mode }) => [question, mode])).toEqual([
      ["s?", "none"],
      ["t?", "none"],
    ]);
    for (const task of solver.tasks) expect(task).toMatchObject(live.layout);
    const more = await run(designOf(["kv"], { ...live, ks: [1] }), { store });
    expect(more.calls).toEqual([...expected.slice(0, 3), "kv u? After", "kv v? After log 2"]);
  });

  test("a dynamic run that goes on says again what it has, for its rows", async () => {
    const data = dataOf([], [questionOf("a"), questionOf("b")]);
    const design = designOf(["kv"], { ...live, banks: ["dynamic"] });
    const store = new MemoryStore();
    const whole = await run(design, { data });
    const broken = new ScriptedSolver();
    broken.failAt = whole.calls.at(-1)!.split(" ")[1]!;
    await expect(run(design, { data, store, solvers: [broken] })).rejects.toThrow("is gone");
    expect((await run(design, { data, store })).calls).toEqual(whole.calls);
  });
});

describe("what another run left is taken for this one's only when it is the same", () => {
  const names = (store: MemoryStore) => [...store.kept.keys()].length;

  test("another corpus, of either part", async () => {
    const store = new MemoryStore();
    const at = (corpora: EvaluationData["fingerprints"]["corpora"]) =>
      run(designOf(["kv"]), {
        store,
        data: { ...DATA, fingerprints: { ...DATA.fingerprints, corpora } },
      });
    await at({ seen: "3", unseen: "4" });
    const first = names(store);
    expect(first).toBe(3); // the answers of both parts, and what the bank takes up
    await at({ seen: "3", unseen: "4" });
    expect(names(store)).toBe(first);
    await at({ seen: "3", unseen: "5" });
    expect(names(store)).toBe(first + 1);
    await at({ seen: "6", unseen: "4" });
    expect(names(store)).toBe(first + 4);
  });

  test("other limits; how many logs come matters to no mode without logs", async () => {
    const store = new MemoryStore();
    const at = (limits: Partial<Limits>) =>
      run(designOf(["none", "kv"], { limits: readLimits(limits) }), { store });
    await at({});
    const first = names(store);
    expect(first).toBe(4);
    await at({ logsPerStep: 5 });
    expect(names(store)).toBe(first + 1);
    for (const floor of SIMILARITY_FLOORS) {
      const before = names(store);
      await at({ [floor]: 0.4 });
      expect(names(store)).toBe(before + 1);
      const solver = new ScriptedSolver();
      const model = { ...solver.identity.model, [floor]: 0.4 };
      const saying = Object.assign(solver, { identity: { ...solver.identity, model } });
      await run(designOf(["none", "kv"]), { store, solvers: [saying] });
      expect(names(store)).toBe(before + 1);
    }
    for (const limits of [
      { maxSteps: 4 },
      { documentsPerStep: 4 },
      { maxNewTokens: 9 },
      { kind: "reasoning" as const },
    ]) {
      const before = names(store);
      await at(limits);
      expect(names(store)).toBe(before + 4);
    }
  });

  test("another placement; it matters to no mode without logs", async () => {
    const store = new MemoryStore();
    await run(designOf(["none", "kv"]), { store });
    const first = names(store);
    await run(designOf(["none", "kv"], { layout: { placement: "sink-first", recording: "re-encode" } }), {
      store,
    });
    expect(names(store)).toBe(first + 2);
  });

  test("another seed of a dynamic order, and another number of questions in it", async () => {
    const store = new MemoryStore();
    const data = dataOf([], [questionOf("a"), questionOf("b"), questionOf("c")]);
    const design = designOf(["kv"], { banks: ["dynamic"] });
    await run(design, { store, data });
    const first = names(store);
    await run({ ...design, seed: 2 }, { store, data });
    expect(names(store)).toBe(2 * first);
    await run(design, { store, data: dataOf([], data.asked.unseen.slice(0, 2)) });
    expect(names(store)).toBe(3 * first);
  });
});
