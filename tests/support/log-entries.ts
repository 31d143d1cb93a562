/** Logs with rows for tests of banks: every element differs, so that a swapped or shifted row shows. */
import { bytesOf, elementsOf, type KvDtype, type KvSlice } from "../../src/terms/kv-shape.ts";
import type { Log, NewLog } from "../../src/terms/log.ts";

export const SHAPE = { layers: 2, kvHeads: 3, headDim: 4 };

export function aSlice(tokens = 5, dtype: KvDtype = "float32", start = 0): KvSlice {
  const elements = elementsOf(SHAPE, tokens);
  const rows = (from: number) => {
    const numbers = Array.from({ length: elements }, (_, i) => from + i * 1.25);
    return dtype === "float32" ? new Float32Array(numbers) : new Uint16Array(numbers);
  };
  return { shape: SHAPE, dtype, tokens, keys: rows(start), values: rows(start + 5000) };
}

let clock = 1_700_000_000_000;

/** An answered log, a second later than the one before, with one slice. */
export function anEntry(id: string, log: Partial<Log> = {}, slice: KvSlice = aSlice()): NewLog {
  const { shape, dtype, tokens } = slice;
  clock += 1000;
  return {
    log: {
      id,
      question: `Who is the father of ${id}?`,
      responses: ["<keywords> Someone </keywords>", `The father of ${id} is Someone. <ans> Someone </ans>`],
      answer: "Someone",
      outcome: "answered",
      steps: 2,
      mode: "none",
      usedLogs: [],
      usedDocuments: ["A title"],
      responseIds: [
        [1, 2, 3],
        [4, 5, 6, 7, 8],
      ],
      model: "model-a",
      slices: { kv: { shape, dtype, tokens, bytes: bytesOf(shape, dtype, tokens) } },
      createdAt: clock,
      origin: "http://localhost",
      ...log,
    },
    slices: { kv: slice },
  };
}
