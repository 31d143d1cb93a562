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
