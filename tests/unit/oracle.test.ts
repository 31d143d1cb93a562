/** The perfect reader over the runtime's real retrieval: steps with and without logs, over each kind of bank. */
import { expect, test } from "vitest";
import { buildDocuments } from "../../src/evaluation/build-documents.ts";
import type { EvaluationData } from "../../src/evaluation/evaluation-data.ts";
import { createOracle } from "../../src/evaluation/oracle.ts";
import { oracleIndexes } from "../../src/evaluation/oracle-indexes.ts";
import { type Design, type Pass, planOf } from "../../src/evaluation/passes.ts";
import type { Question } from "../../src/evaluation/question.ts";
import { summarise } from "../../src/evaluation/report.ts";
import { corporaOf } from "../../src/evaluation/timed-documents.ts";
import { type Limits, readLimits } from "../../src/runtime/limits.ts";
import type { Mode } from "../../src/terms/log.ts";
import { type RetrievalOptions, readRetrieval } from "../../src/terms/retrieval.ts";
import { dataOf, designOf } from "../support/evaluation.ts";
import { LetterEmbedder } from "../support/letter-embedder.ts";

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

interface Given {
  readonly seen: readonly Question[];
  readonly unseen: readonly Question[];
  readonly corpora: EvaluationData["corpora"];
}

async function oracleOf(
  given: Given,
  design: Design,
  retrieval: RetrievalOptions = {},
  embedder = new LetterEmbedder(),
) {
  const { seen, unseen } = given.corpora;
  const made = dataOf(given.seen, given.unseen);
  const read = { seen: JSON.stringify(seen), unseen: JSON.stringify(unseen) };
  const data = { ...made, corpora: given.corpora, fingerprints: { ...made.fingerprints, corpora: read } };
  const plan = planOf(design, data);
  const indexes = oracleIndexes(readRetrieval(retrieval), embedder);
  return { plan, read: await createOracle({ data, fill: plan.fill, ...indexes }) };
}

/** The figures of each mode over the unseen questions. */
async function oracle(given: Given, modes: readonly Mode[], limits: Partial<Limits> = {}) {
  const { plan, read } = await oracleOf(given, designOf(modes, { limits: readLimits(limits) }));
  const figures = async (pass: Pass) => [pass.mode, summarise(await read(pass))] as const;
  return Object.fromEntries(await Promise.all(plan.parts.unseen!.map(figures)));
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

test("finds logs and documents as the model does: by meaning, where that is chosen", async () => {
  // No word of it stands in a log or a document. Its letters are nearest to the first log, and to the film's document.
  const asked = { ...first, question: "Roadsalt directorborn saltroads" };
  const given = { seen: [other, first], unseen: [asked], corpora };
  const steps = async (retrieval: RetrievalOptions, mode: Mode) => {
    const limits = readLimits({ logsPerStep: 1, documentsPerStep: 1 });
    const { plan, read } = await oracleOf(given, designOf([mode], { limits }), retrieval);
    return (await read(plan.parts.unseen![0]!))[0]!.steps;
  };
  expect(await steps({}, "kv")).toBe(2);
  expect(await steps({ logs: "dense" }, "kv")).toBe(1);
  expect(await steps({ logs: "fused" }, "kv")).toBe(1);
  expect(await steps({}, "none")).toBe(3);
  expect(await steps({ documents: "dense" }, "none")).toBe(2);
});

test("documents of both parts are read once where they are the same", async () => {
  const given = { seen: [first], unseen: [again] };
  const timesRead = async (corpora: Given["corpora"]) => {
    const embedder = new LetterEmbedder();
    const { plan, read } = await oracleOf(
      { ...given, corpora },
      designOf(["kv"]),
      { documents: "dense" },
      embedder,
    );
    await read(plan.parts.unseen![0]!);
    return embedder.documents.length;
  };
  expect(await timesRead(corpora)).toBe(documents.length);
  const fewer = { ...corpora, unseen: corpora.unseen.slice(1) };
  expect(await timesRead(fewer)).toBe(2 * documents.length - 1);
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

test("what only an earlier response says is known to those modes that see the trace or rows computed behind it", async () => {
  const director = { ...first, question: "Who directed The Salt Road?", answer: "Ottoline Varga" };
  const asked = { ...director, facts: first.facts.slice(0, 1) };
  const withheld = documents.map((document) =>
    document.title === "The Salt Road" ? { ...document, only: "seen" as const } : document,
  );
  const given = { seen: [first], unseen: [asked, again], corpora: corporaOf(withheld) };
  const modes = ["none", "text-last", "kv-isolated", "text-all", "kv", "kv-all"] as const;
  const { plan, read } = await oracleOf(given, designOf(modes, { limits: readLimits({}) }));
  const right = async (pass: Pass) => [pass.mode, (await read(pass)).map(({ em }) => em)] as const;
  expect(Object.fromEntries(await Promise.all(plan.parts.unseen!.map(right)))).toEqual({
    none: [0, 0],
    "text-last": [0, 1],
    "kv-isolated": [0, 1],
    "text-all": [1, 1],
    kv: [1, 1],
    "kv-all": [1, 1],
  });
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
  expect((await figures({ minSimilarity: 0.1 })).kv).toMatchObject({ ...FIGURES, steps: 1 });
  expect((await figures({ minSimilarity: 1 })).kv).toMatchObject({ ...FIGURES, steps: 2 });
});

test("passes over logs that the most similar one is far ahead of", async () => {
  const misleading = { ...first, question: `${other.question} Salt` };
  const steps = async (limits: Partial<Limits>) =>
    (await oracle({ seen: [first, other], unseen: [misleading], corpora }, ["kv"], limits)).kv;
  expect(await steps({})).toMatchObject({ ...FIGURES, steps: 1 });
  expect(await steps({ minRelativeSimilarity: 0.95 })).toMatchObject({ ...FIGURES, steps: 2 });
});

test("over fewer logs and other k it knows what those leave", async () => {
  const seen = [other, first];
  const design = designOf(["kv"], { bankSizes: [0, 1], ks: [0] });
  const { plan, read } = await oracleOf({ seen, unseen: [again], corpora }, design);
  const steps = async (passes: readonly Pass[]) => (await read(passes[0]!))[0]!.steps;
  const sizes = await Promise.all(plan.bankSizes.map(({ passes }) => steps(passes)));
  const { bank } = plan.bankSizes[1]!.passes[0]!;
  const hasFirst = bank.kind === "static" && bank.places.includes(1);
  expect(sizes).toEqual([2, hasFirst ? 1 : 2, 1]);
  expect(await Promise.all(plan.ks.map(({ passes }) => steps(passes)))).toEqual([2, 1]);
});

test("in a growing bank a question that was asked before takes one step, and the first time two", async () => {
  const { plan, read } = await oracleOf(
    { seen: [], unseen: [first, again, other], corpora },
    designOf(["kv"], { banks: ["dynamic"] }),
  );
  const { questions, passes } = plan.dynamic!;
  const steps = (await read(passes[0]!)).map((score) => score.steps);
  const salt = questions.flatMap(({ answer }, i) => (answer === "Brimholt" ? [steps[i]] : []));
  expect(salt).toEqual([2, 1]);
  expect(steps[questions.indexOf(other)]).toBe(2);
});

test("so it does where the last response of a log is all that is seen of it", async () => {
  const design = designOf(["text-last"], { banks: ["dynamic"] });
  const { plan, read } = await oracleOf({ seen: [], unseen: [first, again], corpora }, design);
  expect((await read(plan.dynamic!.passes[0]!)).map((score) => score.steps)).toEqual([2, 1]);
});

test("a question that it does not solve leaves no log in a growing bank", async () => {
  const half = documents.filter((document) => document.title !== "Ottoline Varga");
  const { plan, read } = await oracleOf(
    { seen: [], unseen: [first, again], corpora: corporaOf(half) },
    designOf(["kv"], { banks: ["dynamic"] }),
  );
  expect((await read(plan.dynamic!.passes[0]!)).map(({ em, steps }) => [em, steps])).toEqual([
    [0, 8],
    [0, 8],
  ]);
});
