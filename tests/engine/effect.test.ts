/**
 * What log-augmented generation is for, on a fixed sample of the generated sets: the embedded model answers chains
 * and needs fewer steps with logs, also where documents are gone. Of each sample two answers may go wrong that were
 * right when the limits were set (chains: 18 of 20 in 0.61 of the steps; documents withheld: 10 of 12, four more than
 * without logs; names of earlier responses: 16 of 20; misleading logs: 18 of 20 with them and without): a clear fall
 * below the figures of docs/model-card.md turns them red, a small one does not.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadEvalData } from "../../scripts/lib/eval-data.ts";
import { readEvalOptions } from "../../scripts/lib/eval-options.ts";
import { lineStores } from "../../scripts/lib/line-store.ts";
import type { EvaluationReport } from "../../src/evaluation/evaluation-report.ts";
import { runEvaluation } from "../../src/evaluation/run-evaluation.ts";
import { readLimits } from "../../src/runtime/limits.ts";
import { projectUrl } from "../support/disk-fetch.ts";
import { LocalSolver } from "../support/local-solver.ts";

let solver: LocalSolver;
let work: string;
beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), "web-lag-effect-"));
  solver = await LocalSolver.open(projectUrl("public/models/embedded"));
});
afterAll(async () => {
  await solver.close();
  rmSync(work, { recursive: true, force: true });
});

/** The first questions of a generated set, in every mode, with the logs of their own seen questions in the bank. */
async function evaluate(
  set: string,
  limit: number,
  modes: string,
  more: readonly string[] = [],
): Promise<EvaluationReport> {
  const folder = `tests/fixtures/generated/${set}`;
  const files = ["--seen", `${folder}/seen.json`, "--unseen", `${folder}/unseen.json`];
  const limits = ["--limit", String(limit), "--seen-limit", String(limit)];
  const options = readEvalOptions([
    ...files,
    ...["--corpus", `${folder}/corpus.jsonl`, "--modes", modes, ...limits],
    ...more,
  ]);
  return runEvaluation({
    design: { ...options, limits: readLimits({}) },
    data: await loadEvalData(options),
    solvers: [solver],
    store: lineStores(join(work, set)),
  });
}

describe("the embedded model", () => {
  it("answers chains of 2 to 4 hops, and in fewer steps with the logs of what they share", async () => {
    const { modes, againstNone } = await evaluate("chains", 20, "none,kv");
    expect(modes.none!.em).toBeGreaterThanOrEqual(80);
    expect(modes.kv!.em).toBeGreaterThanOrEqual(80);
    expect(againstNone!.kv!.steps.ratio).toBeLessThanOrEqual(0.7);
  });

  it("goes on where documents are gone that were there when the logs were made", async () => {
    const { modes, againstNone } = await evaluate("withheld", 12, "none,kv");
    expect(modes.kv!.em).toBeGreaterThanOrEqual(66);
    expect(againstNone!.kv!.em.difference).toBeGreaterThanOrEqual(16);
  });

  it("reads what only an earlier response of a log says, from the rows of its last one and from nothing else", async () => {
    const { modes } = await evaluate("middle", 20, "text-last,kv,kv-isolated");
    expect(modes.kv!.em).toBeGreaterThanOrEqual(70);
    expect(modes["text-last"]!.em).toBeLessThanOrEqual(10);
    expect(modes["kv-isolated"]!.em).toBeLessThanOrEqual(10);
  });

  it("is hardly misled by three logs in front that do not help, or say what a document contradicts", async () => {
    const { againstNone } = await evaluate("misleading", 20, "none,kv", ["--front"]);
    expect(againstNone!.kv!.em.difference).toBeGreaterThanOrEqual(-10);
  });
});
