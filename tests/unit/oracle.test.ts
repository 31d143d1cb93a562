/** `--oracle` over the runtime's real retrieval: steps with and without logs, and what an unrelated log changes. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { evaluateOracle } from "../../scripts/lib/oracle.ts";
import { buildDocuments } from "../../src/evaluation/build-documents.ts";
import type { Question } from "../../src/evaluation/question.ts";
import { summarise } from "../../src/evaluation/report.ts";
import { corporaOf } from "../../src/evaluation/timed-documents.ts";
import { type Limits, readLimits } from "../../src/runtime/limits.ts";
import type { Mode } from "../../src/terms/log.ts";

beforeEach(() => void vi.spyOn(console, "error").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

const bornIn = (film: string, director: string, town: string, question: string): Question => ({
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
const corpora = corporaOf(documents);
const FIGURES = { em: 100, f1: 100, n: 1 };

/** The figures of each mode. */
async function oracle(
  data: Parameters<typeof evaluateOracle>[0],
  modes: readonly Mode[],
  limits: Partial<Limits> = {},
) {
  const scores = Object.entries(await evaluateOracle(data, modes, readLimits(limits)));
  return Object.fromEntries(scores.map(([mode, of]) => [mode, summarise(of)]));
}

test("a question asked again takes one step with logs and two without", async () => {
  expect(await oracle({ seen: [first, other], unseen: [again], corpora }, ["none", "kv"])).toMatchObject({
    none: { ...FIGURES, steps: 2 },
    kv: { ...FIGURES, steps: 1 },
  });
});

test("a log of another question saves nothing", async () => {
  const { kv } = await oracle({ seen: [other], unseen: [again], corpora }, ["kv"]);
  expect(kv).toMatchObject({ ...FIGURES, steps: 2 });
});

test("without the second document there is no answer but from a log", async () => {
  const half = documents.filter((document) => document.title !== "Ottoline Varga");
  const asked = { seen: [first], unseen: [again], corpora: corporaOf(half) };
  expect((await oracle(asked, ["none", "kv"])).none).toMatchObject({ em: 0, f1: 0, steps: 8, n: 1 });
});

test("a document that is withheld from the test is still read while the bank is filled", async () => {
  const withheld = documents.map((document) =>
    document.title === "Ottoline Varga" ? { ...document, only: "seen" as const } : document,
  );
  const asked = { seen: [first], unseen: [again], corpora: corporaOf(withheld) };
  const { none, kv } = await oracle(asked, ["none", "kv"]);
  expect(none).toMatchObject({ em: 0, steps: 8 });
  expect(kv).toMatchObject({ ...FIGURES, steps: 1 });
});

test("a document that comes only with the test leaves no log of what it says", async () => {
  const later = documents.map((document) =>
    document.title === "Ottoline Varga" ? { ...document, only: "unseen" as const } : document,
  );
  const asked = { seen: [first], unseen: [again], corpora: corporaOf(later) };
  expect(await oracle(asked, ["none", "kv"])).toMatchObject({
    none: { ...FIGURES, steps: 2 },
    kv: { ...FIGURES, steps: 2 },
  });
});

test("logs that a question names stand in front in the place of those that are similar", async () => {
  const seen = [
    { ...first, id: "salt" },
    { ...other, id: "lanterns" },
  ];
  const steps = async (...front: string[]) =>
    (await oracle({ seen, unseen: [{ ...again, front }], corpora }, ["kv"])).kv!.steps;
  expect(await steps("lanterns")).toBe(2);
  expect(await steps("lanterns", "salt")).toBe(1);
});

test("obeys the limits that the model has", async () => {
  const figures = async (limits: Partial<Limits>) =>
    oracle({ seen: [first, other], unseen: [again], corpora }, ["none", "kv"], limits);
  expect((await figures({ maxSteps: 1 })).none).toMatchObject({ em: 0, steps: 1 });
  expect((await figures({ documentsPerStep: 0 })).none).toMatchObject({ em: 0, steps: 8 });
  expect((await figures({ logsPerStep: 0 })).kv).toMatchObject({ ...FIGURES, steps: 2 });
});
