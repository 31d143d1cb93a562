/** What the committed generated sets promise, whatever a model makes of them. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { wordsOf } from "../../src/retrieve/words.ts";

interface Line {
  readonly title: string;
  readonly text: string;
  readonly only?: "seen" | "unseen";
}

interface Question {
  readonly _id: string;
  readonly question: string;
  readonly answer: string;
  readonly group: string;
  /** Titles first. */
  readonly supporting_facts: readonly (readonly [string, number])[];
  /** Subject, relation, value. */
  readonly evidences: readonly (readonly [string, string, string])[];
  readonly front?: readonly string[];
}

const textOf = (file: string) => readFileSync(`tests/fixtures/generated/${file}`, "utf8");
const linesOf = (set: string) =>
  textOf(`${set}/corpus.jsonl`)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const questionsOf = (set: string, part: "seen" | "unseen"): Question[] =>
  JSON.parse(textOf(`${set}/${part}.json`));
const phraseOf = (text: string) => ` ${wordsOf(text).join(" ")} `;

/** How many questions of each group a set asks. */
function groupsOf(set: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { group } of questionsOf(set, "unseen")) counts[group] = (counts[group] ?? 0) + 1;
  return counts;
}

describe.each(["chains", "coverage", "withheld", "middle", "misleading"])("%s", (set) => {
  it("asks nothing as it was seen; hardly anything differs in capital letters alone", () => {
    const seen = questionsOf(set, "seen").map(({ question }) => question);
    const asked = questionsOf(set, "unseen").map(({ question }) => question);
    expect(asked.filter((question) => seen.includes(question))).toEqual([]);
    const phrases = new Set(seen.map(phraseOf));
    expect(asked.filter((question) => phrases.has(phraseOf(question))).length).toBeLessThan(
      asked.length / 100,
    );
  });
});

describe("chains, withheld", () => {
  it("are half two hops asked again, a quarter three of which two are known, a quarter four of which three", () => {
    const shares = (n: number) => ({
      "2 of 2 hops known": n / 2,
      "2 of 3 hops known": n / 4,
      "3 of 4 hops known": n / 4,
    });
    expect(groupsOf("chains")).toEqual(shares(1000));
    expect(groupsOf("withheld")).toEqual(shares(300));
  });

  it("withheld: three in ten of the needed documents are of the time before the test", () => {
    const needed = new Set(
      questionsOf("withheld", "unseen").flatMap((asked) => asked.supporting_facts.map(([title]) => title)),
    );
    const gone = linesOf("withheld").filter(({ title, only }) => only === "seen" && needed.has(title));
    expect(gone.length / needed.size).toBeCloseTo(0.3, 2);
    expect(linesOf("chains").filter(({ only }) => only)).toEqual([]);
  });
});

describe("middle", () => {
  it("no document of the test says a name that is asked for; those of the seen questions do", () => {
    const asked = questionsOf("middle", "unseen");
    const lines = linesOf("middle");
    const said = (only: Line["only"]) =>
      lines
        .filter((line) => line.only === only)
        .map(({ title, text }) => `${phraseOf(title)}|${phraseOf(text)}`);
    const [always, seen] = [said(undefined), said("seen")];
    for (const { answer } of asked) {
      expect(always.filter((text) => text.includes(phraseOf(answer)))).toEqual([]);
      expect(seen.some((text) => text.includes(phraseOf(answer)))).toBe(true);
    }
  });
});

describe("misleading", () => {
  const asked = questionsOf("misleading", "unseen");
  const seen = questionsOf("misleading", "seen");
  const byId = new Map(seen.map((question) => [question._id, question]));

  it("has as many questions of each kind, each with three logs in front", () => {
    expect(groupsOf("misleading")).toEqual({
      "near name": 250,
      "other relation": 250,
      contradicted: 250,
      stranger: 250,
    });
    for (const { front } of asked) expect(new Set(front)).toHaveProperty("size", 3);
  });

  it("no log in front speaks of the question's own chain, but where a document contradicts it", () => {
    const pairsOf = ({ evidences }: Question) =>
      evidences.map(([subject, relation]) => `${subject}|${relation}`);
    for (const question of asked) {
      const own = new Set(pairsOf(question));
      const shared = question
        .front!.map((id) => byId.get(id)!)
        .filter((log) => pairsOf(log).some((pair) => own.has(pair)));
      if (question.group !== "contradicted") expect(shared, question._id).toEqual([]);
      // What the log says of it is not what the documents of the test say.
      else for (const log of shared) expect(log.answer, question._id).not.toBe(question.answer);
    }
  });

  it("the first twenty questions need the logs of the first twenty alone", () => {
    const ids = seen.map(({ _id }) => _id);
    for (const { front } of asked.slice(0, 20)) {
      for (const id of front!) expect(ids.indexOf(id)).toBeLessThan(20);
    }
  });
});
