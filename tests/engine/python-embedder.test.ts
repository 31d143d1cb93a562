/**
 * A folder as sentence-transformers saves it and torch exports it: vectors and rankings are those that the Python
 * library gives (scripts/fixtures/embedder.py).
 */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { loadEmbedder } from "../../src/embed/load-embedder.ts";
import type { OnnxEmbedder } from "../../src/embed/onnx-embedder.ts";
import { DenseIndex } from "../../src/retrieve/dense-index.ts";
import type { TextRole } from "../../src/retrieve/text-embedder.ts";
import { diskFetch, projectUrl } from "../support/disk-fetch.ts";

interface Encoded {
  readonly documents: readonly (readonly number[])[];
  readonly questions: readonly (readonly number[])[];
  readonly rankings: readonly (readonly number[])[];
  readonly smallestGap: number;
  readonly meanReciprocalRank: number;
}

interface Expected extends Readonly<Record<"mean" | "cls", Encoded>> {
  readonly documents: readonly string[];
  readonly questions: readonly { readonly text: string; readonly answer: number }[];
}

const FOLDER = "tests/fixtures/embedder";
const expected: Expected = JSON.parse(readFileSync(`${FOLDER}/expected.json`, "utf8"));
/** Of the vectors' own size: f32 sums in another order, and six stored digits. */
const TOLERANCE = 1e-5;

describe.each(["mean", "cls"] as const)("an embedder of the Python library, pooling %s", (pooling) => {
  const wanted = expected[pooling];
  let opened: OnnxEmbedder | undefined;
  afterAll(() => opened?.dispose());

  const open = async (): Promise<OnnxEmbedder> => {
    const [own, shared] = [projectUrl(`${FOLDER}/${pooling}`), projectUrl(`${FOLDER}/mean`)];
    opened ??= await loadEmbedder({
      modelUrl: own,
      async fetch(url, init) {
        const found = await diskFetch(url, init);
        return found.ok ? found : diskFetch(url.replace(own, shared), init);
      },
    });
    return opened;
  };

  it.each([
    ["documents", "document", expected.documents],
    ["questions", "query", expected.questions.map(({ text }) => text)],
  ] as const)("gives the vectors of %s", async (what, role: TextRole, texts) => {
    const embedder = await open();
    const { dimension } = embedder;
    const vectors = await embedder.embed(texts, role);
    for (const [row, text] of texts.entries()) {
      const vector = wanted[what][row]!;
      expect(vector).toHaveLength(dimension);
      const scale = Math.hypot(...vector);
      const off = Math.max(...vector.map((x, i) => Math.abs(x - vectors[row * dimension + i]!)));
      expect(off / scale, text).toBeLessThanOrEqual(TOLERANCE);
    }
  });

  it("ranks the documents as it does", async () => {
    // Wider than what rounding moves a cosine by, so that there is one right order.
    expect(wanted.smallestGap).toBeGreaterThan(10 * TOLERANCE);
    const index = new DenseIndex(await open());
    for (const [place, text] of expected.documents.entries()) index.add(String(place), { text });
    const ranks: number[] = [];
    for (const [at, { text, answer }] of expected.questions.entries()) {
      const ranked = (await index.search(text, { k: index.size })).map(({ id }) => Number(id));
      expect(ranked, text).toEqual(wanted.rankings[at]);
      ranks.push(ranked.indexOf(answer) + 1);
    }
    const reciprocal = ranks.reduce((sum, rank) => sum + 1 / rank, 0) / ranks.length;
    expect(reciprocal).toBeCloseTo(wanted.meanReciprocalRank, 9);
  });
});
