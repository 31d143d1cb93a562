/** The order of an evaluation: which documents are there when, and when the bank is filled. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { EvalData } from "../../scripts/lib/eval-data.ts";
import { type CorpusSolver, runEvaluation } from "../../scripts/lib/run-evaluation.ts";
import type { Question } from "../../src/evaluation/question.ts";
import { twoWiki } from "../../src/evaluation/two-wiki.ts";
import type { TaskResult } from "../../src/runtime/events.ts";
import { type Limits, readLimits } from "../../src/runtime/limits.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "web-lag-run-"));
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const question = (id: string): Question => ({
  id,
  question: `${id}?`,
  answer: "A",
  type: "chain",
  facts: [],
  again: undefined,
});
const LIMITS = readLimits({});
const DATA: EvalData = {
  form: twoWiki,
  seen: [question("s")],
  unseen: [question("u"), { ...question("v"), front: ["s"] }],
  corpora: { seen: [{ title: "Before", text: "b" }], unseen: [{ title: "After", text: "a" }] },
  source: "a corpus file",
  fingerprints: { seen: "1", unseen: "2", corpora: { seen: "3", unseen: "4" } },
};

/** Writes down what it is asked to do, with the document that is there. */
function scriptedSolver(): CorpusSolver & { readonly calls: string[] } {
  const calls: string[] = [];
  let there = "nothing";
  return {
    calls,
    identity: { model: "m" },
    setCorpus: async ([document]) => {
      there = document!.title;
    },
    ask: async ({ question: asked, mode, logs = [] }) => {
      calls.push([mode, asked, there, ...logs].join(" "));
      const [answer, responses] = ["A", [`response to ${asked}`]];
      return { answer, outcome: "answered", steps: [], responses, logs: [] } as unknown as TaskResult;
    },
    remember: async (trace, modes) => {
      calls.push(`remember ${trace.question} for ${modes}`);
      return "log";
    },
    deleteAllLogs: async () => void calls.push("delete all"),
  };
}

test("the seen part has its documents, the unseen part its own, whatever mode comes first", async () => {
  const solver = scriptedSolver();
  await runEvaluation({ modes: ["none", "kv", "text-last"], work: folder, limits: LIMITS }, DATA, [solver]);
  expect(solver.calls).toEqual([
    "none u? After",
    "none v? After",
    "none s? Before",
    "delete all",
    "remember s? for none,kv,text-last",
    "kv u? After",
    "kv v? After log",
    "text-last u? After",
    "text-last v? After log",
  ]);
});

test("mode none alone asks no seen question", async () => {
  const solver = scriptedSolver();
  const scores = await runEvaluation({ modes: ["none"], work: folder, limits: LIMITS }, DATA, [solver]);
  expect(solver.calls).toEqual(["none u? After", "none v? After"]);
  expect(scores).toEqual({
    none: [
      { em: 1, f1: 1, steps: 0, solved: true },
      { em: 1, f1: 1, steps: 0, solved: true },
    ],
  });
});

test("what another corpus gave is not taken for this one's, by either part", async () => {
  const run = (corpora: EvalData["fingerprints"]["corpora"]) =>
    runEvaluation(
      { modes: ["kv"], work: folder, limits: LIMITS },
      { ...DATA, fingerprints: { ...DATA.fingerprints, corpora } },
      [scriptedSolver()],
    );
  await run({ seen: "3", unseen: "4" });
  expect(readdirSync(folder)).toHaveLength(2);
  await run({ seen: "3", unseen: "4" });
  expect(readdirSync(folder)).toHaveLength(2);
  await run({ seen: "3", unseen: "5" });
  expect(readdirSync(folder)).toHaveLength(3);
  await run({ seen: "6", unseen: "4" });
  expect(readdirSync(folder)).toHaveLength(5);
});

test("what other limits gave is not taken for this one's; how many logs come matters to no part without logs", async () => {
  const run = (limits: Partial<Limits>) =>
    runEvaluation({ modes: ["none", "kv"], work: folder, limits: readLimits(limits) }, DATA, [
      scriptedSolver(),
    ]);
  await run({});
  expect(readdirSync(folder)).toHaveLength(3);
  await run({ logsPerStep: 5 });
  expect(readdirSync(folder)).toHaveLength(4);
  for (const limits of [
    { maxSteps: 4 },
    { documentsPerStep: 4 },
    { maxNewTokens: 9 },
    { kind: "reasoning" as const },
  ]) {
    const before = readdirSync(folder).length;
    await run(limits);
    expect(readdirSync(folder)).toHaveLength(before + 3);
  }
});
