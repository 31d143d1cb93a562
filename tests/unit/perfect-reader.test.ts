/** The perfect reader's step arithmetic on hand-made chains, with a retrieval that is scripted. */
import { describe, expect, test } from "vitest";
import { hopsOf } from "../../src/evaluation/hops.ts";
import {
  type Gather,
  idealLastResponse,
  type Memory,
  readPerfectly,
  waysOf,
} from "../../src/evaluation/perfect-reader.ts";
import type { Fact, Question } from "../../src/evaluation/question.ts";

const NAMES = ["Anna", "Bert", "Cora", "Dirk", "Emma"];

/** Anna's father's father's …: a chain of `hops`. */
const chain = (hops: number): Question => ({
  question: `Anna after ${hops}?`,
  answer: NAMES[hops]!,
  type: "compositional",
  again: undefined,
  facts: Array.from({ length: hops }, (_, i) => ({
    title: NAMES[i]!,
    subject: NAMES[i]!,
    relation: "father",
    value: NAMES[i + 1]!,
  })),
});

/** Every log says these facts, and no way. */
const saying =
  (facts: readonly Fact[]): Memory =>
  () => ({ facts, ways: [] });

/** Brings the documents that the query names, and `logs` at the first query. */
function gathering(logs: readonly string[] = []): { gather: Gather; queries: string[] } {
  const queries: string[] = [];
  const gather: Gather = async (query) => {
    queries.push(query);
    return {
      documents: NAMES.filter((name) => query.includes(name)),
      logs: queries.length === 1 ? logs : [],
    };
  };
  return { gather, queries };
}

describe("readPerfectly", () => {
  test.each([1, 2, 3, 4])("a chain of %i hops takes as many steps without logs", async (hops) => {
    const { gather, queries } = gathering();
    expect(await readPerfectly(chain(hops), gather, 8)).toEqual({
      answer: NAMES[hops],
      outcome: "answered",
      steps: hops,
      learned: [chain(hops).facts[hops - 1]],
    });
    expect(queries).toEqual([chain(hops).question, ...NAMES.slice(1, hops)]);
  });

  test.each([
    { hops: 4, covered: 1, steps: 4 },
    { hops: 4, covered: 2, steps: 3 },
    { hops: 4, covered: 3, steps: 2 },
    { hops: 4, covered: 4, steps: 1 },
    { hops: 2, covered: 2, steps: 1 },
    { hops: 2, covered: 1, steps: 2 },
  ])("a log of the first $covered of $hops hops leads to $steps steps", async ({ hops, covered, steps }) => {
    const memory = saying(chain(covered).facts);
    expect((await readPerfectly(chain(hops), gathering(["log"]).gather, 8, memory)).steps).toBe(steps);
  });

  test("a log of the last hop alone saves its document, not the way to it", async () => {
    const memory = saying(chain(2).facts.slice(1));
    const { gather } = gathering(["log"]);
    expect((await readPerfectly(chain(2), gather, 8, memory)).steps).toBe(1);
    const nothing: Gather = async () => ({ documents: [], logs: ["log"] });
    expect(await readPerfectly(chain(2), nothing, 8, memory)).toEqual({
      answer: null,
      outcome: "unanswered",
      steps: 8,
      learned: [],
    });
  });

  test("a fact in the middle of a chain is of no use before the chain has reached it", async () => {
    const memory = saying([chain(3).facts[1]!]);
    const queries: string[] = [];
    const nothing: Gather = async (query) => {
      queries.push(query);
      return { documents: [], logs: ["log"] };
    };
    await readPerfectly(chain(3), nothing, 2, memory);
    expect(queries[1]).toBe("Anna");
  });

  test("a log that says where a way ends leads on from there, and says nothing of what lies between", async () => {
    const memory: Memory = () => ({ facts: [], ways: waysOf(chain(2)) });
    const { gather, queries } = gathering(["log"]);
    expect((await readPerfectly(chain(3), gather, 8, memory)).steps).toBe(2);
    expect(queries[1]).toBe("Cora");
    expect((await readPerfectly(chain(2), gathering(["log"]).gather, 8, memory)).steps).toBe(1);
    const nothing: Gather = async () => ({ documents: [], logs: ["log"] });
    expect(await readPerfectly(chain(1), nothing, 8, memory)).toMatchObject({ answer: null, steps: 8 });
    // The same last fact at the end of another way.
    const other = { ...chain(2), facts: chain(3).facts.slice(1) };
    const elsewhere: Memory = () => ({ facts: [], ways: waysOf(other) });
    expect((await readPerfectly(chain(3), gathering(["log"]).gather, 8, elsewhere)).steps).toBe(3);
  });

  test("without the documents there is no answer within the limit", async () => {
    const nothing: Gather = async () => ({ documents: [], logs: [] });
    expect(await readPerfectly(chain(2), nothing, 5)).toEqual({
      answer: null,
      outcome: "unanswered",
      steps: 5,
      learned: [],
    });
  });

  test("two chains are followed side by side", async () => {
    const question: Question = {
      question: "Which film has the director born first, Aka or Bua?",
      answer: "Aka",
      type: "bridge_comparison",
      again: undefined,
      facts: [
        { title: "Aka", subject: "Aka", relation: "director", value: "Cy" },
        { title: "Bua", subject: "Bua", relation: "director", value: "Dora" },
        { title: "Cy", subject: "Cy", relation: "date of birth", value: "1901" },
        { title: "Dora", subject: "Dora", relation: "date of birth", value: "1902" },
      ],
    };
    const queries: string[] = [];
    const gather: Gather = async (query) => {
      queries.push(query);
      return { documents: ["Aka", "Bua", "Cy", "Dora"].filter((name) => query.includes(name)), logs: [] };
    };
    expect((await readPerfectly(question, gather, 8)).steps).toBe(2);
    expect(queries[1]).toBe("Cy, Dora");
    expect(idealLastResponse(question)).toBe(
      "The date of birth of Cy is 1901. The date of birth of Dora is 1902. <ans> Aka </ans>",
    );
  });
});

describe("hopsOf", () => {
  const links = (type: Question["type"], ...facts: [string, string, string][]) =>
    hopsOf({
      type,
      facts: facts.map(([subject, relation, value]) => ({ title: subject, subject, relation, value })),
    }).map((hop) => hop.after);

  test("a comparison has no chain, even when a value happens to be a name", () => {
    expect(links("comparison", ["A", "father", "B"], ["B", "father", "C"])).toEqual([[], []]);
  });

  test("names that the data spells differently are linked by order", () => {
    expect(links("compositional", ["A", "father", "Oswiu of N"], ["Oswiu", "spouse", "C"])).toEqual([
      [],
      [0],
    ]);
    expect(
      links(
        "bridge_comparison",
        ["A", "director", "C1"],
        ["B", "director", "D1"],
        ["C2", "date of birth", "1"],
        ["D2", "date of birth", "2"],
      ),
    ).toEqual([[], [], [0], [1]]);
  });

  test("several values of one entity stand side by side", () => {
    expect(
      links(
        "bridge_comparison",
        ["A", "director", "C"],
        ["B", "director", "D"],
        ["C", "country of citizenship", "x"],
        ["C", "country of citizenship", "y"],
        ["D", "country of citizenship", "y"],
      ),
    ).toEqual([[], [], [0], [0], [1]]);
  });

  test("what the file says goes before names and order", () => {
    const facts = ["A", "B", "C"].map((name, i) => ({
      title: "T",
      subject: name,
      relation: "father",
      value: name,
      after: [[], [], [0, 1]][i]!,
    }));
    expect(hopsOf({ type: "3hop2", facts }).map((hop) => hop.after)).toEqual([[], [], [0, 1]]);
  });
});

test("a hop that needs two others waits for both, and is then looked up by both names", async () => {
  const fact = (title: string, value: string, after: number[]) => ({
    title,
    subject: title,
    relation: "father",
    value,
    after,
  });
  const question: Question = {
    question: "Which?",
    answer: "Z",
    type: "3hop2",
    again: undefined,
    facts: [
      fact("Aka", "Anna", []),
      fact("Bua", "Bert", []),
      fact("Cy", "Cora", [0, 1]),
      fact("Dee", "Z", [2]),
    ],
  };
  const queries: string[] = [];
  const gather: Gather = async (query) => {
    queries.push(query);
    const titles: Record<string, string[]> = { "Which?": ["Aka", "Cy"], Bua: ["Bua"], Cora: ["Dee"] };
    return { documents: titles[query] ?? [], logs: [] };
  };
  expect(await readPerfectly(question, gather, 8)).toMatchObject({ answer: "Z", steps: 3 });
  expect(queries).toEqual(["Which?", "Bua", "Cora"]);
  const nothing: Gather = async (query) => {
    queries.push(query);
    return { documents: ["Aka", "Bua"], logs: [] };
  };
  await readPerfectly(question, nothing, 2);
  expect(queries.at(-1)).toBe("Anna, Bert");
});
