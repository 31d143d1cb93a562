/** Multiple choice: which letter an answer means, case by case of the rule. */
import { describe, expect, test } from "vitest";
import { chosenLetter, withChoices } from "../../src/evaluation/choices.ts";

const FOUR = ["7 kJ", "The rate doubles.", "E. coli", "B cells"];

test("choices stand below the question, by letter, in the order of the file", () => {
  expect(withChoices("Which?", ["seven", "eight"])).toBe("Which?\nA. seven\nB. eight");
});

describe("a letter alone", () => {
  test.each(["B", "b", " B ", "(B)", "( b )", "[B]", "B)", "B.", "B:", "(B).", "B!"])("%j", (answer) =>
    expect(chosenLetter(answer, FOUR)).toBe("B"),
  );

  test.each(['"B"', "**B**", "`B`", "$B$", "\\boxed{B}", "$\\boxed{\\text{B}}$", "**(B)**", "“B”"])(
    "what only sets it off does not count: %j",
    (answer) => expect(chosenLetter(answer, FOUR)).toBe("B"),
  );

  test("wins over a choice that is called so", () => {
    expect(chosenLetter("B", ["O", "A", "B"])).toBe("B");
  });

  test.each(["E", "(J)", "Z."])("that the question does not have is none: %j", (answer) =>
    expect(chosenLetter(answer, FOUR)).toBeNull(),
  );

  test("the tenth of ten", () => {
    const ten = Array.from({ length: 10 }, (_, n) => `option ${n}`);
    expect(chosenLetter("J", ten)).toBe("J");
    expect(chosenLetter("K", ten)).toBeNull();
  });
});

describe("the text of a choice", () => {
  test.each([
    ["7 kJ", "A"],
    ["the rate doubles", "B"],
    ["E. coli", "C"],
    ["B cells", "D"],
    ["b-cells", null],
    ["the rate", null],
  ])("%j", (answer, letter) => expect(chosenLetter(answer, FOUR)).toBe(letter));

  test("that begins like a letter is read as text first, by the letter when it is no choice", () => {
    const ten = ["x", "E. coli", ...Array.from({ length: 8 }, (_, n) => `option ${n}`)];
    expect(chosenLetter("E. coli", ten)).toBe("B");
    expect(chosenLetter("E. option 2", ten)).toBe("E");
  });

  test("of two choices chooses none", () => {
    expect(chosenLetter("both", ["both", "Both.", "none"])).toBeNull();
  });
});

describe("a letter and more", () => {
  test.each([
    "B. The rate doubles.",
    "B) it doubles",
    "(B) it doubles",
    "[b] it doubles",
    "B: it doubles",
    "B, because it doubles",
    "B - it doubles",
    "B – it doubles",
    "B (it doubles)",
    "B.\nIt doubles.",
    "(B): it doubles",
    "B. 7 kJ",
  ])("%j", (answer) => expect(chosenLetter(answer, FOUR)).toBe("B"));

  test.each([
    "(A) or (B)",
    "A. or B.",
    "A, B",
    "A, C and D",
    "A) and B) and C)",
    "A / B",
    "B-cell lymphocytes",
    "a rate that doubles",
    "A doubling",
    "Both A and B",
    "D.N.A",
    "",
    " ",
    "unknown",
  ])("none: %j", (answer) => expect(chosenLetter(answer, FOUR)).toBeNull());
});

describe("words that lead to it", () => {
  test.each([
    "Answer: B",
    "The answer is B",
    "The correct answer is (B).",
    "the final answer is option B",
    "Option B",
    "choice (b)",
    "So, the best answer is: **B**",
    "The answer is The rate doubles.",
    "The correct option is B. The rate doubles.",
  ])("%j", (answer) => expect(chosenLetter(answer, FOUR)).toBe("B"));

  test.each([
    "The answer",
    "answer",
    "The answer is a rate",
    "The answer is A or B",
    "options",
    "the answer is E",
  ])("none: %j", (answer) => expect(chosenLetter(answer, FOUR)).toBeNull());
});
