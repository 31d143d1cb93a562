/** Triples → text: hand-made cases, and the documents that the training package rendered. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fnv1a32 } from "../../src/evaluation/fnv1a32.ts";
import {
  canonicalSentence,
  renderAlias,
  renderSentence,
  renderText,
} from "../../src/evaluation/render-documents.ts";
import wordings from "../../src/evaluation/wordings.json" with { type: "json" };

describe("fnv1a32", () => {
  // Published test vectors of FNV-1a, and one beyond ASCII (two bytes).
  test.each([
    ["", 0x811c9dc5],
    ["a", 0xe40c292c],
    ["foobar", 0xbf9cf968],
    ["é", 0x1e9de8c1],
  ])("of %j", (text, hash) => expect(fnv1a32(text)).toBe(hash));
});

describe("renderText", () => {
  const father = { subject: "Osthryth", relation: "father", value: "Oswiu" };

  test("names subject and value of every triple, one sentence each", () => {
    const text = renderText(1, "Osthryth", [
      father,
      { ...father, relation: "place of death", value: "Bardney" },
    ]);
    expect(text.match(/\./g)?.length).toBe(2);
    for (const name of ["Osthryth", "Oswiu", "Bardney"]) expect(text).toContain(name);
  });

  test("the seed chooses among wordings", () => {
    const texts = new Set(Array.from({ length: 40 }, (_, seed) => renderSentence(seed, father)));
    expect(texts.size).toBe(wordings.relations.father.templates.length);
  });

  test("names title and subject once when they differ", () => {
    const text = renderText(1, "Osthryth (queen)", [
      father,
      { ...father, relation: "mother", value: "Eanflæd" },
    ]);
    expect(text.split("Osthryth (queen)").length).toBe(2);
    expect(text.startsWith(renderAlias(1, "Osthryth (queen)", "Osthryth"))).toBe(true);
  });

  test("a relation without wordings gets the canonical sentence", () => {
    expect(renderSentence(1, { subject: "A", relation: "student of", value: "B" })).toBe(
      "The student of of A is B.",
    );
    expect(canonicalSentence({ subject: "A", relation: "country of citizenship", value: "B" })).toBe(
      "The nationality of A is B.",
    );
  });

  test("a name that looks like a slot or a pattern stays as it is", () => {
    expect(
      renderText(1, "{value} $& X", [{ subject: "{value} $& X", relation: "father", value: "$1" }]),
    ).toContain("{value} $& X");
  });
});

interface RenderedFixture {
  readonly seed: string | number;
  readonly title: string;
  readonly triples: readonly (readonly [subject: string, relation: string, value: string])[];
  readonly text: string;
}

test("the same words as the training package's renderer", () => {
  const url = new URL("../fixtures/rendered.json", import.meta.url);
  const fixtures: RenderedFixture[] = JSON.parse(readFileSync(url, "utf8"));
  // Both kinds must be there: documents with an alias sentence and without.
  expect(new Set(fixtures.map(({ title, triples }) => title === triples[0]![0])).size).toBe(2);
  for (const { seed, title, triples, text } of fixtures) {
    const facts = triples.map(([subject, relation, value]) => ({ subject, relation, value }));
    expect(renderText(seed, title, facts)).toBe(text);
  }
});
