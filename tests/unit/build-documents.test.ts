/** Questions → documents: every asked triple is there, enough distractors, none that could answer. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { buildDocuments, MIN_FACTS, triplesByTitle } from "../../src/evaluation/build-documents.ts";
import { distractorsFor } from "../../src/evaluation/distractors.ts";
import type { Question } from "../../src/evaluation/question.ts";
import { readQuestions } from "../../src/evaluation/read-questions.ts";
import { renderAlias, renderSentence } from "../../src/evaluation/render-documents.ts";

const question = (
  ...facts: [title: string, subject: string, relation: string, value: string][]
): Question => ({
  question: "?",
  answer: "!",
  type: "compositional",
  again: undefined,
  facts: facts.map(([title, subject, relation, value]) => ({ title, subject, relation, value })),
});

/** Sentences, as the wordings file ends them. Names in these tests hold no full stop. */
const sentences = (text: string) => text.split(/(?<=\.) /);

describe("buildDocuments", () => {
  const first = question(["Aka (film)", "Aka", "director", "Bo"], ["Bo", "Bo", "date of birth", "1901"]);
  const second = question(["Aka (film)", "Aka", "composer", "Cy"], ["Bo", "Bo", "date of birth", "1901"]);

  test("one document a title, with every triple of it in all files, once", () => {
    const documents = buildDocuments([first, second]);
    expect(documents.map((document) => document.title)).toEqual(["Aka (film)", "Bo"]);
    for (const triple of [first.facts[0]!, second.facts[0]!]) {
      expect(documents[0]!.text).toContain(renderSentence(1, triple));
    }
    expect(documents[1]!.text.split(renderSentence(1, first.facts[1]!)).length).toBe(2);
  });

  test("names title and subject when they differ, and says at least three facts", () => {
    const [film, person] = buildDocuments([first]);
    expect(sentences(film!.text)).toHaveLength(1 + MIN_FACTS);
    expect(film!.text).toContain(renderAlias(1, "Aka (film)", "Aka"));
    expect(sentences(person!.text)).toHaveLength(MIN_FACTS);
  });

  test("the same seed gives the same documents, another seed others", () => {
    expect(buildDocuments([first, second], 7)).toEqual(buildDocuments([first, second], 7));
    expect(buildDocuments([first, second], 7)).not.toEqual(buildDocuments([first, second], 8));
  });

  test("a document with enough facts gets no distractor", () => {
    const facts = ["father", "mother", "spouse", "child"].map(
      (relation) => ["Bo", "Bo", relation, `Of ${relation}`] as [string, string, string, string],
    );
    expect(sentences(buildDocuments([question(...facts)])[0]!.text)).toHaveLength(4);
  });
});

describe("distractorsFor", () => {
  const relationsOf = (...asked: string[]) =>
    distractorsFor(1, "X", "X", new Set(asked), 99).map((triple) => triple.relation);

  test("suits the kind of thing", () => {
    expect(relationsOf("director")).toContain("composer");
    expect(relationsOf("father")).toContain("occupation");
    expect(relationsOf("country").sort()).toEqual(["founded by", "inception"]);
  });

  test("never says what is asked, nor the same in another relation", () => {
    expect(relationsOf("date of birth")).not.toContain("date of birth");
    expect(relationsOf("director", "country")).not.toContain("country of origin");
  });
});

const SHARED = new URL("../../../shared/data/2wikimultihop/seen.json", import.meta.url);
const present = existsSync(SHARED);
if (!present) console.warn("shared/data/2wikimultihop/seen.json is not there: its documents are not built.");

test.runIf(present)(
  "2WikiMultiHop's seen file: each document states its triples, three facts, no asked relation",
  () => {
    const { entries } = readQuestions(readFileSync(SHARED, "utf8"), "seen.json");
    const questions = entries.map(({ question }) => question);
    const asked = triplesByTitle(questions);
    const documents = buildDocuments(questions);
    expect(documents.length).toBe(asked.size);
    for (const { title, text } of documents) {
      const triples = asked.get(title)!;
      for (const triple of triples) {
        expect(text).toContain(renderSentence(1, triple));
        if (triple.subject !== title) expect(text).toContain(renderAlias(1, title, triple.subject));
      }
      const relations = new Set(triples.map((triple) => triple.relation));
      const others = distractorsFor(1, title, triples[0]!.subject, relations, MIN_FACTS - triples.length);
      expect(triples.length + others.length).toBeGreaterThanOrEqual(MIN_FACTS);
      for (const other of others) {
        expect(relations.has(other.relation)).toBe(false);
        expect(text).toContain(renderSentence(1, other));
      }
    }
  },
);
