/** SQuAD's normalisation, exact match and F1 on cases computed by hand. */
import { describe, expect, test } from "vitest";
import { exactMatch, normaliseAnswer, tokenF1 } from "../../src/evaluation/squad.ts";

describe("normaliseAnswer", () => {
  test.each([
    ["The Jack-Knife Man", "jackknife man"],
    ["  Whitby   Abbey. ", "whitby abbey"],
    ["a A an THE the", ""],
    ["Theatre an der Wien", "theatre der wien"],
    ["20 September 1817", "20 september 1817"],
    ["“Peking”", "“peking”"],
    ["Peña", "peña"],
    ["à la carte", "à la carte"],
    ["the_end", "theend"],
    ["U.S.A.", "usa"],
    ["Oswiu\tof\nNorthumbria", "oswiu of northumbria"],
  ])("%j becomes %j", (text, expected) => expect(normaliseAnswer(text)).toBe(expected));
});

describe("exactMatch", () => {
  test("ignores case, articles and punctuation, nothing else", () => {
    expect(exactMatch("the whitby abbey!", "Whitby Abbey")).toBe(true);
    expect(exactMatch("Whitby", "Whitby Abbey")).toBe(false);
    expect(exactMatch("Abbey Whitby", "Whitby Abbey")).toBe(false);
  });
});

describe("tokenF1", () => {
  test.each([
    ["Whitby Abbey", "the Whitby Abbey", 1],
    // precision 1/2, recall 1/1
    ["Whitby Abbey", "Abbey", 2 / 3],
    // 2 of 3 against 2 of 4
    ["King of Spain", "Queen of Spain today", 4 / 7],
    // a repeated token counts as often as it occurs on both sides: 1 of 3 against 1 of 1
    ["no no no", "no", 0.5],
    ["yes", "no", 0],
    ["The", "the", 1],
    ["The", "Peking", 0],
  ])("%j against %j is %f", (answer, gold, expected) =>
    expect(tokenF1(answer, gold)).toBeCloseTo(expected, 12),
  );

  test("is the same in both directions", () => {
    expect(tokenF1("Duke of Spain", "Spain")).toBeCloseTo(tokenF1("Spain", "Duke of Spain"), 12);
  });
});

describe("published scores", () => {
  // The examples of https://huggingface.co/spaces/evaluate-metric/squad, which runs SQuAD's own script: 2 of 3 are
  // right, 66.67 both, as accents are kept and so nothing is shared with the second.
  test.each([
    ["1976", "1976", 1],
    ["1999", "1976", 0],
    ["Beyonce", "Beyoncé and Bruno Mars", 0],
    ["climate change", "climate change", 1],
  ])("%j against %j", (answer, gold, score) => {
    expect([Number(exactMatch(answer, gold)), tokenF1(answer, gold)]).toEqual([score, score]);
  });

  // Answers to questions of SQuAD, with what its script for version 2.0 gives.
  test.each([
    ["The Denver Broncos!", "Denver Broncos", 1, 1],
    ["Levis stadium", "Levi's Stadium", 1, 1],
    ["copper statue", "a copper statue of Christ", 0, 2 / 3],
    ["St. Bernadette Soubirous", "Saint Bernadette Soubirous", 0, 2 / 3],
    ["in Santa Clara", "Santa Clara, California", 0, 2 / 3],
    ["the US Army", "U.S. Army", 1, 1],
    ["1048", "1,048", 1, 1],
    ["5 million dollars", "$5 million", 0, 0.8],
    // Only ASCII punctuation goes: a dash stays.
    ["24-10", "24–10", 0, 0],
    // An article goes wherever it stands alone.
    ["vitamin", "Vitamin A", 1, 1],
    // Nothing against nothing is right, nothing against something is wrong, with no share between.
    ["", "", 1, 1],
    ["The", "", 1, 1],
    ["", "Denver Broncos", 0, 0],
    ["Denver Broncos", "", 0, 0],
    [".", "L", 0, 0],
  ])("%j against %j is %d and %f", (answer, gold, em, f1) => {
    expect(Number(exactMatch(answer, gold))).toBe(em);
    expect(tokenF1(answer, gold)).toBeCloseTo(f1, 12);
  });
});
