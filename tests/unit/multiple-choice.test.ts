/** Reading GPQA and MMLU-Pro JSON: the letter that is right, and what is refused by file, line, entry and field. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readQuestions } from "../../src/evaluation/read-questions.ts";

const FIXTURES = new URL("../fixtures/datasets/", import.meta.url);
const read = (text: string) => {
  const { form, entries } = readQuestions(text, "f.json");
  return { form: form.name, kind: form.kind, questions: entries.map(({ question }) => question) };
};
const readFixture = (name: string) => read(readFileSync(new URL(name, FIXTURES), "utf8"));
const file = (...entries: object[]) => JSON.stringify(entries, null, 1);

const GPQA = { question: "Which?", choices: ["one", "two", "three"], answer: "two" };
const MMLU = { question: "Which?", options: ["one", "two"], answer: "B", answer_index: 1, category: "law" };

describe("GPQA", () => {
  test("the letter is made from the place of the answer among the choices, which stand in the order of the file", () => {
    const { form, kind, questions } = readFixture("gpqa.json");
    expect([form, kind]).toEqual(["GPQA", "reasoning"]);
    expect(questions.map(({ answer }) => answer)).toEqual(["A", "C", "D"]);
    expect(questions[1]).toEqual({
      question:
        "Vessel one holds four times the gas of vessel two, at the same volume and temperature. How do their pressures " +
        "compare?\nA. They are equal.\nB. Two to one\nC. Four to one\nD. Sixteen to one",
      answer: "C",
      choices: ["They are equal.", "Two to one", "Four to one", "Sixteen to one"],
      type: "GPQA",
      facts: [],
      again: undefined,
    });
    expect(questions[2]!.again).toBe("How many electrons fill the shell n = 2?\nA. 2\nB. 6\nC. 18\nD. 8");
  });

  test("space around an answer or a choice is none of it; an id and named logs are kept", () => {
    const { questions } = read(
      file({ ...GPQA, choices: ["one\n", " two", "x"], answer: "two ", id: "g", front: ["a"] }),
    );
    expect(questions[0]).toMatchObject({ answer: "B", choices: ["one", "two", "x"], id: "g", front: ["a"] });
  });

  test.each([
    [
      "an answer that is no choice",
      { answer: "Two" },
      'line 18, entry 2, field answer is "Two". Expected the text of one',
    ],
    [
      "an answer that is there twice",
      { choices: ["two", "one", "two"] },
      "line 16, entry 2, field choices[2] is the answer again",
    ],
    ["a choice that is no text", { choices: ["two", 2] }, "line 15, entry 2, field choices[1] is 2"],
    [
      "one choice",
      { choices: ["two"] },
      "line 13, entry 2, field choices has 1 choices. Expected from 2 to 26",
    ],
    ["27 choices", { choices: Array.from({ length: 27 }, String) }, "field choices has 27 choices"],
    ["no list", { choices: "two" }, 'entry 2, field choices is "two"'],
    ["no question", { question: "" }, 'line 12, entry 2, field question is ""'],
    ["no answer", { answer: undefined }, "line 11, entry 2, field answer is missing"],
    ["a letter, as MMLU has an index", { answer: 1 }, "field answer is 1. Expected a string"],
  ])("refuses %s", (_, change, message) => {
    const parse = () => read(file(GPQA, { ...GPQA, ...change }));
    expect(parse).toThrow(expect.objectContaining({ name: "InputError" }));
    expect(parse).toThrow(message);
  });
});

describe("MMLU-Pro", () => {
  test("letter and index agree, the category is the type, and there may be ten options", () => {
    const { form, kind, questions } = readFixture("mmlu-pro.json");
    expect([form, kind]).toEqual(["MMLU-Pro", "reasoning"]);
    expect(questions.map(({ answer, type }) => [answer, type])).toEqual([
      ["F", "math"],
      ["A", "law"],
    ]);
    expect(questions[0]!.question).toMatch(/What is paid\?\nA\. 10\nB\. 20\n[\s\S]*\nJ\. 70$/);
  });

  test("options may be alike: the letter says which is meant", () => {
    expect(read(file({ ...MMLU, options: ["one", "one"] })).questions[0]!.answer).toBe("B");
  });

  test.each([
    [
      "a letter that is not that of the index",
      { answer: "A" },
      'field answer is "A" and answer_index is 1. Expected the letter of options[1], "B"',
    ],
    ["an answer that is no letter", { answer: "two" }, 'field answer is "two" and answer_index is 1'],
    ["no answer", { answer: undefined }, "field answer is missing and answer_index is 1"],
    [
      "an index beyond the options",
      { answer_index: 2 },
      "field answer_index is 2. Expected the index of an option, from 0 to 1",
    ],
    ["an index that is no number", { answer_index: "1" }, 'field answer_index is "1"'],
    ["no index", { answer_index: undefined }, "field answer_index is missing"],
    ["no category", { category: undefined }, "field category is missing"],
    ["an empty option", { options: ["one", " "] }, 'field options[1] is " "'],
  ])("refuses %s", (_, change, message) => {
    const parse = () => read(file(MMLU, { ...MMLU, ...change }));
    expect(parse).toThrow(expect.objectContaining({ name: "InputError" }));
    expect(parse).toThrow(/^f\.json, line \d+, entry 2, /);
    expect(parse).toThrow(message);
  });
});

describe("the form of a file", () => {
  test("each fixture is known by its fields", () => {
    const names = ["two-wiki.json", "musique.json", "gpqa.json", "mmlu-pro.json"];
    expect(names.map((name) => readFixture(name).form)).toEqual([
      "2WikiMultiHop",
      "MuSiQue",
      "GPQA",
      "MMLU-Pro",
    ]);
  });

  test("an entry without any such field is refused with the fields that are known", () => {
    expect(() => read(file({ question: "Who?", answer: "B" }))).toThrow(
      "f.json, line 2, entry 1 has no field that tells its form. Expected one of evidences (2WikiMultiHop), " +
        "question_decomposition (MuSiQue), choices (GPQA), options (MMLU-Pro)",
    );
  });

  test("two forms in one file are refused by the first entry that differs", () => {
    expect(() => read(file(GPQA, GPQA, MMLU))).toThrow(
      "f.json, line 20, entry 3 is a MMLU-Pro question and entry 1 a GPQA question. Expected one form in a file",
    );
  });
});

test("a file of 10 MB is read within a second or two", () => {
  const options = Array.from({ length: 10 }, (_, n) => `option ${n} ${"x".repeat(40)}`);
  const entry = { ...MMLU, question: "q".repeat(300), options };
  const text = file(...Array.from({ length: 12_000 }, () => entry));
  expect(text.length).toBeGreaterThan(10e6);
  const began = performance.now();
  expect(read(text).questions).toHaveLength(12_000);
  expect(performance.now() - began).toBeLessThan(5000);
});
