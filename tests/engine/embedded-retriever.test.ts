/**
 * The embedded embedder, on logs of generated questions whose names training never drew: what is asked again in other
 * words, or goes on from what was asked, finds its log more often than by words alone. A sample of what
 * `python -m lag_training.retrieval_report` measures.
 */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openEmbedder } from "../../scripts/lib/disk-embedder.ts";
import { MemoryBank } from "../../src/bank/memory-bank.ts";
import type { OnnxEmbedder } from "../../src/embed/onnx-embedder.ts";
import type { Question } from "../../src/evaluation/question.ts";
import { readQuestions } from "../../src/evaluation/read-questions.ts";
import { canonicalSentence } from "../../src/evaluation/render-documents.ts";
import { createDense } from "../../src/retrieve/choose-index.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import type { TextEmbedder } from "../../src/retrieve/text-embedder.ts";
import type { RetrievalKind, Vectors } from "../../src/terms/retrieval.ts";
import { logOf } from "../support/scripted-bank.ts";

/** The unseen question at a place goes on from, or is, the seen one at the same place. */
const [SEEN, UNSEEN] = ["seen", "unseen"].map((part) => questionsOf(`chains/${part}.json`)) as [
  readonly Question[],
  readonly Question[],
];
const ASKED = UNSEEN.map((question, place) => ({ question: question.question, place })).filter(
  ({ place }) => place % 4 === 0,
);

function questionsOf(file: string): readonly Question[] {
  return readQuestions(readFileSync(`tests/fixtures/generated/${file}`, "utf8"), file).entries.map(
    ({ question }) => question,
  );
}

/** As the embedded model ends a chain: what it knew before is passed over with a blank. */
function lastResponse({ facts, answer }: Question): string {
  const passed = facts.slice(0, -1).map((fact) => canonicalSentence({ ...fact, value: "__________" }));
  return [...passed, canonicalSentence(facts.at(-1)!), `<ans> ${answer} </ans>`].join(" ");
}

/** Every text is read once, however often it is asked for. */
function onceEach(embedder: TextEmbedder): TextEmbedder {
  const read = new Map<string, Promise<Float32Array>>();
  return {
    fingerprint: embedder.fingerprint,
    dimension: embedder.dimension,
    embed(texts, role, signal) {
      const key = JSON.stringify([role, texts]);
      if (!read.has(key)) read.set(key, embedder.embed(texts, role, signal));
      return read.get(key)!;
    },
  };
}

describe("the embedded embedder", () => {
  let opened: OnnxEmbedder;
  let embedder: TextEmbedder;
  beforeAll(async () => {
    opened = await openEmbedder("models/embedded-retriever");
    embedder = onceEach(opened);
  });
  afterAll(() => opened.dispose());

  async function bankOf(kind: RetrievalKind, vectors?: Vectors): Promise<MemoryBank> {
    const weights = { lexical: 1, dense: 1 };
    const dense = createDense({ kind, weights, vectors, embedder: Promise.resolve(embedder) });
    const bank = new MemoryBank(new LexicalIndex(), dense);
    for (const [place, question] of SEEN.entries()) {
      const responses = [lastResponse(question)];
      await bank.add(logOf(String(place), responses, { question: question.question }));
    }
    return bank;
  }

  /** Percent of the questions whose log is the first that is found. */
  async function firstFound(kind: RetrievalKind): Promise<number> {
    const bank = await bankOf(kind);
    let found = 0;
    for (const { question, place } of ASKED) {
      const [first] = await bank.search(question, { k: 1 });
      if (first?.id === String(place)) found++;
    }
    return (100 * found) / ASKED.length;
  }

  it("finds the log of the same chain first, more often than words do", async () => {
    const [lexical, dense, fused] = [
      await firstFound("lexical"),
      await firstFound("dense"),
      await firstFound("fused"),
    ];
    expect(dense).toBeGreaterThanOrEqual(lexical);
    expect(fused).toBeGreaterThanOrEqual(lexical);
    expect(Math.min(dense, fused)).toBeGreaterThanOrEqual(90);
  });

  it("vectors in 8 bits find the same three logs", async () => {
    const [whole, small] = [await bankOf("dense"), await bankOf("dense", "int8")];
    let same = 0;
    for (const { question } of ASKED) {
      const wanted = new Set((await whole.search(question, { k: 3 })).map(({ id }) => id));
      same += (await small.search(question, { k: 3 })).filter(({ id }) => wanted.has(id)).length;
    }
    const recall = same / (3 * ASKED.length);
    console.info(`recall of the first three with vectors in 8 bits: ${recall.toFixed(4)}`);
    expect(recall).toBeGreaterThanOrEqual(0.98);
  });
});
