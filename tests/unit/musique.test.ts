/** Reading MuSiQue JSON and rendering its documents: #k is filled, and what is wrong is named. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { buildDecomposedDocuments, MIN_FACTS, triplesByTitle } from "../../src/evaluation/build-documents.ts";
import { hopsOf } from "../../src/evaluation/hops.ts";
import { idealLastResponse } from "../../src/evaluation/perfect-reader.ts";
import { readQuestions } from "../../src/evaluation/read-questions.ts";
import { renderSentence } from "../../src/evaluation/render-documents.ts";

const part = (question: string, answer: string, document_id: string) => ({ question, answer, document_id });
const ENTRY = {
  id: "4hop3__1_2_3_4",
  question: "What region lies north of the region where Osk Records is, and of the birthplace of Ana Brel?",
  answer: "Middle East",
  answer_aliases: ["Near East"],
  question_decomposition: [
    part("Osk Records >> headquarters location", "Vell", "Osk Records_0"),
    part("#1 >> region code", "V-7.", "Vell (city)_12"),
    part("where was ana brel born ?", "Norrn", "Ana Brel_3"),
    part("what region lies immediately to the north of #1 and #3", "Middle East", "Vell (city)_12"),
  ],
};
const read = (text: string) => readQuestions(text, "f.json").entries.map(({ question }) => question);
const file = (...changes: object[]) => JSON.stringify(changes.map((change) => ({ ...ENTRY, ...change })));
const withPart = (index: number, change: object) => ({
  question_decomposition: ENTRY.question_decomposition.map((each, i) =>
    i === index ? { ...each, ...change } : each,
  ),
});

describe("MuSiQue", () => {
  const [question] = read(file({ again: "Else?", front: ["a"], group: "late" }));

  test("answer, aliases, id and kind", () => {
    expect(question).toMatchObject({
      id: "4hop3__1_2_3_4",
      type: "4hop3",
      answer: "Middle East",
      aliases: ["Near East"],
      again: "Else?",
      front: ["a"],
      group: "late",
    });
  });

  test("#k is the k-th answer, titles lose their number, and hops wait for the answers that they name", () => {
    const asked = "What region lies immediately to the north of Vell and Norrn?";
    expect(question!.facts).toEqual([
      {
        title: "Osk Records",
        documentId: "Osk Records_0",
        subject: "Osk Records",
        relation: "headquarters location",
        value: "Vell",
        after: [],
      },
      {
        title: "Vell (city)",
        documentId: "Vell (city)_12",
        subject: "Vell",
        relation: "region code",
        value: "V-7.",
        after: [0],
      },
      {
        title: "Ana Brel",
        documentId: "Ana Brel_3",
        subject: "Where was ana brel born?",
        relation: "Where was ana brel born?",
        asked: "Where was ana brel born?",
        value: "Norrn",
        after: [],
      },
      {
        title: "Vell (city)",
        documentId: "Vell (city)_12",
        subject: asked,
        relation: asked,
        asked,
        value: "Middle East",
        after: [0, 2],
      },
    ]);
    expect(hopsOf(question!).map((hop) => hop.after)).toEqual([[], [0], [], [0, 2]]);
  });

  test("without an id, or with one that does not say it, the type is the number of hops", () => {
    const [without, other] = read(file({ id: undefined }, { id: "my__4" }));
    expect(without).toMatchObject({ type: "4hop" });
    expect(without).not.toHaveProperty("id");
    expect(other).toMatchObject({ type: "4hop", id: "my__4" });
  });

  test.each([
    ["id a number", { id: 7 }, "field id is 7"],
    ["id empty", { id: "" }, 'field id is ""'],
    ["aliases missing", { answer_aliases: undefined }, "field answer_aliases is missing. Expected a list"],
    ["an alias a number", { answer_aliases: ["a", 3] }, "field answer_aliases[1] is 3"],
    ["no part", { question_decomposition: [] }, "field question_decomposition is []"],
    ["a part that is text", { question_decomposition: ["x"] }, 'field question_decomposition[0] is "x"'],
    ["a part without an answer", withPart(1, { answer: "" }), 'field question_decomposition[1].answer is ""'],
    [
      "a part without a document",
      withPart(2, { document_id: 4 }),
      "field question_decomposition[2].document_id is 4",
    ],
    [
      "an answer that is not known yet",
      withPart(1, { question: "#2 >> country" }),
      "field question_decomposition[1].question names #2. Expected #1 to #1",
    ],
    [
      "an answer before there is any",
      withPart(0, { question: "who is #1" }),
      "field question_decomposition[0].question names #1. Expected no answer",
    ],
    ["#0", withPart(3, { question: "who is #0" }), "question_decomposition[3].question names #0"],
  ])("refuses: %s", (_, change, message) => {
    const parse = () => read(file({}, change));
    expect(parse).toThrow(expect.objectContaining({ name: "InputError" }));
    expect(parse).toThrow("f.json, line 1, entry 2, ");
    expect(parse).toThrow(message);
  });
});

describe("readQuestions", () => {
  const TWO_WIKI = {
    question: "Who?",
    answer: "B",
    type: "chain",
    supporting_facts: [["A", 0]],
    evidences: [["A", "father", "B"]],
  };

  test("tells the form by the fields", () => {
    expect(readQuestions(file({}), "f").form.name).toBe("MuSiQue");
    expect(readQuestions(JSON.stringify([TWO_WIKI]), "f").form.name).toBe("2WikiMultiHop");
  });

  test.each([
    [
      "MuSiQue first",
      [ENTRY, TWO_WIKI],
      "entry 2 is a 2WikiMultiHop question and entry 1 a MuSiQue question",
    ],
    ["2Wiki first", [TWO_WIKI, TWO_WIKI, ENTRY], "entry 3 is a MuSiQue question and entry 1 a 2WikiMultiHop"],
  ])("refuses both in one file: %s", (_, entries, message) => {
    expect(() => readQuestions(JSON.stringify(entries), "f")).toThrow(`f, line 1, ${message}`);
  });

  test.each(["{}", "[]", "[", '["x"]', "[null]"])("refuses %s", (text) => {
    expect(() => readQuestions(text, "f")).toThrow(expect.objectContaining({ name: "InputError" }));
  });
});

describe("documents of MuSiQue", () => {
  const questions = read(file({}));
  const text = (title: string) =>
    buildDecomposedDocuments(questions).find((document) => document.title === title)!.text;

  test("a relation in its wordings, or as it is; a question with its answer", () => {
    const [first, code, , last] = questions[0]!.facts;
    expect(text("Osk Records")).toContain(renderSentence(1, first!));
    expect(renderSentence(1, code!)).toBe("The region code of Vell is V-7..");
    expect(text("Vell (city)")).toContain("The region code of Vell is V-7.");
    expect(text("Vell (city)")).toContain(
      "What region lies immediately to the north of Vell and Norrn? Middle East.",
    );
    expect(renderSentence(1, { ...last!, value: "U.S.A." })).toMatch(/\? U\.S\.A\.$/);
  });

  test("one document a title, at least three facts in each, and no sentence that makes a title of a name", () => {
    const documents = buildDecomposedDocuments(questions);
    expect(documents.map(({ title }) => title)).toEqual(["Osk Records", "Vell (city)", "Ana Brel"]);
    for (const { text } of documents) {
      expect(text.split(/(?<=[.]) (?=[A-Z])/).length).toBeGreaterThanOrEqual(MIN_FACTS);
      expect(text).not.toMatch(/also known as|another name of/);
    }
    expect(text("Ana Brel")).toContain("The chronicler of Ana Brel is ");
  });

  test("the same seed gives the same documents, another seed others", () => {
    expect(buildDecomposedDocuments(questions, 7)).toEqual(buildDecomposedDocuments(questions, 7));
    expect(buildDecomposedDocuments(questions, 7)).not.toEqual(buildDecomposedDocuments(questions, 8));
  });

  test("a perfect reader's last response states the last facts", () => {
    expect(idealLastResponse(questions[0]!)).toContain(
      "What region lies immediately to the north of Vell and Norrn? Middle East. <ans> Middle East </ans>",
    );
  });
});

const SHARED = new URL("../../../shared/data/musique/seen.json", import.meta.url);
const present = existsSync(SHARED);
if (!present) console.warn("shared/data/musique/seen.json is not there: its tests do not run.");

test.runIf(present)(
  "the whole of MuSiQue's seen file is read, and its documents state every sub-question",
  () => {
    const questions = read(readFileSync(SHARED, "utf8"));
    expect(questions).toHaveLength(1691);
    expect(new Set(questions.map(({ type }) => type)).size).toBe(6);
    const asked = triplesByTitle(questions);
    const documents = buildDecomposedDocuments(questions);
    expect(documents.length).toBe(asked.size);
    for (const { title, text } of documents) {
      expect(text).not.toMatch(/#\d/);
      for (const triple of asked.get(title)!) expect(text).toContain(renderSentence(1, triple));
    }
  },
);
