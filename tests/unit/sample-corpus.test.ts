/** The sample corpus is whole: every line is a document, and every example question has its chain in it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ExampleQuestion } from "../../src/app/documents/corpora.ts";
import { parseCorpus } from "../../src/app/documents/corpus-jsonl.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";

const { documents, badLines } = parseCorpus(readFileSync("public/corpora/sample.jsonl", "utf8"));
const examples: readonly ExampleQuestion[] = JSON.parse(
  readFileSync("public/corpora/sample-questions.json", "utf8"),
);
const titles = documents.map(({ title }) => title);

describe("the sample corpus", () => {
  it("has at least 40 documents, each with a title of its own and no bad line", () => {
    expect(badLines).toEqual([]);
    expect(documents.length).toBeGreaterThanOrEqual(40);
    expect(new Set(titles).size).toBe(titles.length);
  });

  it("has the first document of every example, which leads to a second that does not name the first", () => {
    expect(examples.length).toBeGreaterThanOrEqual(5);
    for (const { question, rewording } of examples) {
      const subject = titles.find((title) => question.includes(title));
      expect(subject, question).toBeDefined();
      expect(rewording).toContain(subject);
      expect(rewording).not.toBe(question);
      const first = documents.find(({ title }) => title === subject)!;
      const next = documents.filter(({ title }) => title !== subject && first.text.includes(title));
      expect(next.length, `${subject} leads on`).toBeGreaterThan(0);
    }
  });

  it("does not give an example's second document away to the question itself", async () => {
    const index = new LexicalIndex();
    for (const document of documents) index.add(document.title, document);
    for (const { question, rewording } of examples) {
      const subject = titles.find((title) => question.includes(title))!;
      const first = documents.find(({ title }) => title === subject)!;
      for (const asked of [question, rewording]) {
        const found = await index.search(asked, { k: 2 });
        expect(found[0]?.id, asked).toBe(subject);
        expect(first.text, `${asked} finds ${found[1]?.id}`).not.toContain(found[1]?.id);
      }
    }
  });
});
