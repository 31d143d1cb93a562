/** `--oracle` over the runtime's real retrieval: steps with and without logs, and what an unrelated log changes. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { evaluateOracle } from "../../scripts/lib/oracle.ts";
import { buildDocuments } from "../../src/evaluation/build-documents.ts";
import type { TwoWikiQuestion } from "../../src/evaluation/two-wiki.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

const bornIn = (film: string, director: string, town: string, question: string): TwoWikiQuestion => ({
  question,
  answer: town,
  type: "compositional",
  again: undefined,
  facts: [
    { title: film, subject: film, relation: "director", value: director },
    { title: director, subject: director, relation: "place of birth", value: town },
  ],
});
const first = bornIn(
  "The Salt Road",
  "Ottoline Varga",
  "Brimholt",
  "Where was the director of The Salt Road born?",
);
const other = bornIn(
  "Nine Lanterns",
  "Pavo Lindqvist",
  "Ostermark",
  "Where was the director of Nine Lanterns born?",
);
const again = { ...first, question: "What is the place of birth of the director of The Salt Road?" };
const documents = buildDocuments([first, other]);

test("a question asked again takes one step with logs and two without", async () => {
  expect(await evaluateOracle({ seen: [first, other], unseen: [again], documents }, ["none", "kv"])).toEqual({
    none: { em: 100, f1: 100, steps: 2, n: 1 },
    kv: { em: 100, f1: 100, steps: 1, n: 1 },
  });
});

test("a log of another question saves nothing", async () => {
  const { kv } = await evaluateOracle({ seen: [other], unseen: [again], documents }, ["kv"]);
  expect(kv).toEqual({ em: 100, f1: 100, steps: 2, n: 1 });
});

test("without the second document there is no answer but from a log", async () => {
  const half = documents.filter((document) => document.title !== "Ottoline Varga");
  const { none } = await evaluateOracle({ seen: [], unseen: [again], documents: half }, ["none"]);
  expect(none).toEqual({ em: 0, f1: 0, steps: 8, n: 1 });
});
