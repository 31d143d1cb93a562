/** A documents file: what questions find in it, and what is refused by file, line and field. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inDocuments, readDocumentsFile } from "../../src/evaluation/documents-file.ts";
import { gpqa } from "../../src/evaluation/gpqa.ts";
import { musique } from "../../src/evaluation/musique.ts";
import { readQuestions } from "../../src/evaluation/read-questions.ts";
import { twoWiki } from "../../src/evaluation/two-wiki.ts";

const textOf = (name: string) =>
  readFileSync(new URL(`../fixtures/datasets/${name}`, import.meta.url), "utf8");
const wikiDocuments = readDocumentsFile(textOf("two-wiki-documents.json"), "d.json", twoWiki);
const musiqueDocuments = readDocumentsFile(textOf("musique-documents.json"), "d.json", musique);

test("2WikiMultiHop: title → content, every document of the file", () => {
  expect([...wikiDocuments.values()].map(({ title }) => title)).toEqual([
    "The Tin Heron",
    "Mirel Castane",
    "Jonas Ubrecht (painter)",
    "Ostrava Fell",
  ]);
  expect(wikiDocuments.get("Mirel Castane")!.text).toContain("4 May 1901 in Ostrava Fell");
});

test("MuSiQue: id → title and content", () => {
  expect([...musiqueDocuments]).toEqual([
    [
      "Quill and Sons_0",
      { title: "Quill & Sons (bookbinders)", text: "Quill & Sons was founded in Penhallow in 1822." },
    ],
    ["Penhallow_4", { title: "Penhallow", text: "The Aldermere flows through Penhallow." }],
  ]);
});

test("facts get the titles that their documents have in the file, and what is not there is counted once", () => {
  const { entries } = readQuestions(textOf("musique.json"), "q.json");
  const all = inDocuments(entries, musiqueDocuments, musique);
  expect(all.missing).toBe(0);
  expect(all.entries[0]!.question.facts.map(({ title }) => title)).toEqual([
    "Quill & Sons (bookbinders)",
    "Penhallow",
  ]);

  const some = new Map([...musiqueDocuments].filter(([key]) => key !== "Quill and Sons_0"));
  const found = inDocuments([...entries, ...entries], some, musique);
  expect(found.missing).toBe(1);
  expect(found.entries[1]!.question.facts.map(({ title }) => title)).toEqual(["Quill and Sons", "Penhallow"]);

  const wiki = readQuestions(textOf("two-wiki.json"), "q.json").entries;
  expect(inDocuments(wiki, wikiDocuments, twoWiki)).toEqual({ entries: wiki, missing: 0 });
});

describe("what is refused", () => {
  test.each([
    [
      "the other form: an object in the place of text",
      textOf("musique-documents.json"),
      twoWiki,
      'd.json, line 2, field "Quill and Sons_0" is {"title"',
    ],
    [
      "the other form: text in the place of an object",
      textOf("two-wiki-documents.json"),
      musique,
      'd.json, line 2, field "The Tin Heron" is "The Tin',
    ],
    [
      "content that is missing",
      '{\n"A_0": {"title": "A",\n"text": "x"}}',
      musique,
      "d.json, line 2, field A_0.content is missing",
    ],
    [
      "a title that is blank",
      '{\n"A_0": {\n"title": " ", "content": "x"}}',
      musique,
      'd.json, line 3, field A_0.title is " "',
    ],
    ["content that is blank", '{"A": "x",\n"B C": ""}', twoWiki, 'd.json, line 2, field "B C" is ""'],
    ["a list", '[{"title": "A", "text": "x"}]', twoWiki, "d.json, line 1 is [{"],
    ["nothing in it", "{}", twoWiki, "d.json, line 1 is {}. Expected at least one document, title → content"],
    ["half a file", '{\n"A": "x",\n"B', twoWiki, "d.json, line 3: this is not whole JSON"],
    ["a file for questions that name no documents", "{}", gpqa, "d.json cannot serve GPQA questions"],
  ])("%s", (_, text, form, message) => {
    const read = () => readDocumentsFile(text, "d.json", form);
    expect(read).toThrow(expect.objectContaining({ name: "InputError" }));
    expect(read).toThrow(message);
  });
});
