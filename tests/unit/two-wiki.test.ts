/** Reading 2WikiMultiHop JSON: what is right is read, what is wrong is named by file, line, entry and field. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hopsOf } from "../../src/evaluation/hops.ts";
import { readQuestions } from "../../src/evaluation/read-questions.ts";

const ENTRY = {
  _id: "1",
  question: "Where was the place of burial of Osthryth's father?",
  answer: "Whitby Abbey",
  type: "compositional",
  supporting_facts: [
    ["Osthryth", 0],
    ["Oswiu (king)", 8],
  ],
  evidences: [
    ["Osthryth", "father", "Oswiu of Northumbria"],
    ["Oswiu", "place of burial", "Whitby Abbey"],
  ],
};
const read = (text: string) => readQuestions(text, "f.json").entries.map(({ question }) => question);
const file = (...changes: object[]) => JSON.stringify(changes.map((change) => ({ ...ENTRY, ...change })));

describe("2WikiMultiHop", () => {
  test("supporting_facts[i] is the document of evidences[i]", () => {
    const [question] = read(file({}));
    expect(question!.facts).toEqual([
      { title: "Osthryth", subject: "Osthryth", relation: "father", value: "Oswiu of Northumbria" },
      { title: "Oswiu (king)", subject: "Oswiu", relation: "place of burial", value: "Whitby Abbey" },
    ]);
    expect(question!.again).toBeUndefined();
  });

  test("_id, other words and named logs are kept", () => {
    const [question] = read(file({ again: "In other words?", front: ["a", "b"], group: "near" }));
    expect(question).toMatchObject({ id: "1", again: "In other words?", front: ["a", "b"], group: "near" });
  });

  test.each([1, 2, 4])("a chain of %i facts hangs together in their order, whatever their names", (hops) => {
    // By its name the third fact would stand behind the first.
    const evidences = ["n0", "n1", "Anna", "n3"].slice(0, hops).map((name) => [name, "father", "Anna"]);
    const [question] = read(file({ type: "chain", evidences, again: "Else?" }));
    expect(question).toMatchObject({ type: "chain", again: "Else?" });
    expect(hopsOf(question!).map((hop) => hop.after)).toEqual([[], [0], [1], [2]].slice(0, hops));
  });

  test("where the counts differ the subject is the title", () => {
    const [question] = read(file({ supporting_facts: [["Oswiu (king)", 8]] }));
    expect(question!.facts.map((fact) => fact.title)).toEqual(["Osthryth", "Oswiu"]);
  });

  test.each([
    ["question missing", { question: undefined }, "entry 2, field question is missing"],
    ["answer a number", { answer: 7 }, "entry 2, field answer is 7"],
    ["answer empty", { answer: " " }, 'entry 2, field answer is " "'],
    ["type unknown", { type: "musique" }, 'entry 2, field type is "musique". Expected one of comparison'],
    ["no evidences", { evidences: [] }, "entry 2, field evidences is []"],
    ["evidences missing", { evidences: undefined }, "entry 2, field evidences is missing"],
    ["supporting_facts a string", { supporting_facts: "x" }, 'entry 2, field supporting_facts is "x"'],
    ["title a number", { supporting_facts: [[3, 0]] }, "entry 2, field supporting_facts[0][0] is 3"],
    ["evidence of two", { evidences: [["a", "b"]] }, 'entry 2, field evidences[0] is ["a","b"]'],
    ["value null", { evidences: [["a", "b", null]] }, "entry 2, field evidences[0][2] is null"],
    ["again a list", { again: [] }, "entry 2, field again is []"],
    ["_id a number", { _id: 7 }, "entry 2, field _id is 7"],
    ["group a number", { group: 3 }, "entry 2, field group is 3"],
    ["front a string", { front: "1" }, 'entry 2, field front is "1". Expected a list'],
    ["front empty", { front: [] }, "entry 2, field front is []"],
    ["an id of front a number", { front: ["a", 2] }, "entry 2, field front[1] is 2"],
    ["an id of front twice", { front: ["a", "b", "a"] }, 'entry 2, field front[2] is "a" again'],
    [
      "a chain of five",
      { type: "chain", evidences: Array(5).fill(["a", "b", "c"]) },
      "entry 2, field evidences has 5 facts. Expected at most 4",
    ],
  ])("refuses: %s", (_, change, message) => {
    const parse = () => read(file({}, change));
    expect(parse).toThrow(expect.objectContaining({ name: "InputError" }));
    expect(parse).toThrow(`f.json, line 1, ${message}`);
  });

  test.each([
    ["a truncated file", file({}).slice(0, -40), "f.json, line 1: this is not whole JSON"],
    ["an object", "{}", "f.json, line 1 holds no list of questions"],
    ["an empty list", "[]", "f.json, line 1 holds no list of questions"],
    ["an entry that is text", '["x"]', 'f.json, line 1, entry 1 is "x"'],
  ])("refuses %s", (_, text, message) => expect(() => read(text)).toThrow(message));
});

const SHARED = new URL("../../../shared/data/2wikimultihop/seen.json", import.meta.url);
const present = existsSync(SHARED);
if (!present) console.warn("shared/data/2wikimultihop/seen.json is not there: its parse test does not run.");

test.runIf(present)("the whole of 2WikiMultiHop's seen file is read", () => {
  const questions = read(readFileSync(SHARED, "utf8"));
  expect(questions.length).toBe(2800);
  expect(new Set(questions.map((question) => question.type)).size).toBe(4);
});
