/** A small report with hand-made figures: three modes of unseen questions, and the seen ones asked again. */
import type { EvaluationReport, ModeReport } from "../../src/evaluation/evaluation-report.ts";

/** A mode that answers `em` percent of ten questions rightly, all after as many steps as it takes. */
export function modeReport(em: number, steps: number, changes: Partial<ModeReport> = {}): ModeReport {
  return {
    em,
    f1: em + 5,
    steps,
    n: 10,
    emInterval: [em - 10, em + 10],
    f1Interval: [em - 5, em + 15],
    stepsInterval: [steps - 0.5, steps + 0.5],
    byType: {},
    iterations: [1, 2, 3].map((x) => ({ x, em: x >= steps ? em : 0, emInterval: null })),
    costs: {
      firstToken: { mean: 110, median: 100 },
      task: { mean: 1100, median: 1000 },
      prefixRows: 42,
      promptTokens: 300,
      newTokens: 60,
      rowsRead: 42,
      bytesRead: 2_400_000,
      bankBytes: 9_000_000,
    },
    ...changes,
  };
}

const none = modeReport(50, 2.5);
const ends = {
  right: { right: { questions: 4, stepsSaved: 4 }, wrong: one(0), unsolved: one(1) },
  wrong: { right: one(2), wrong: one(1), unsolved: one(0) },
  unsolved: { right: one(1), wrong: one(0), unsolved: one(1) },
};

export const SAMPLE_REPORT: EvaluationReport = {
  setting: {
    dataset: "questions, small.json",
    form: "2WikiMultiHop",
    questions: { seen: 20, unseen: 10 },
    split: { unseenShare: 0.3, seed: 1 },
    model: { name: "embedded", fingerprint: "f", trainedModes: ["none", "text-last", "kv"] },
    backend: "wasm",
    retrieval: { logs: "fused", documents: "lexical", weights: { lexical: 1, dense: 1 }, embedder: "e" },
    limits: { kind: "knowledge", logsPerStep: 3, documentsPerStep: 2, maxSteps: 3, maxNewTokens: 1024 },
    layout: { placement: "front", recording: "re-encode" },
    again: false,
    front: false,
  },
  documents: { source: "rendered from evidences", seen: 30, unseen: 30 },
  modes: { none, kv: modeReport(70, 1.5), "kv-all": modeReport(60, 2, { f1: null, f1Interval: null }) },
  againstNone: {
    kv: {
      em: { difference: 20, interval: [5, 35] },
      steps: { ratio: 0.6, interval: [0.5, 0.7] },
      stepsBothRight: { ratio: null, interval: null, n: 0 },
    },
  },
  gains: { kv: { ends, stepsSaved: { mean: 1, interval: [0.5, 1.5] } } },
  oracle: { none: modeReport(100, 2), kv: modeReport(100, 1) },
  seen: { modes: { kv: modeReport(90, 1) } },
};

function one(questions: number) {
  return { questions, stepsSaved: questions };
}
