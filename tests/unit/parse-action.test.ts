/** A table of responses and the actions that they are. */
import { describe, expect, it } from "vitest";
import { outcomeOf, parseAction } from "../../src/runtime/parse-action.ts";

const CASES: readonly (readonly [what: string, response: string, type: string, text: string])[] = [
  ["an answer", "It is so. <ans> Peking </ans>", "answer", "Peking"],
  ["an answer without spaces", "<ans>Peking</ans>", "answer", "Peking"],
  ["the last of two answers", "<ans>A</ans> or rather <ans>B</ans>", "answer", "B"],
  ["the last answer that is not empty", "<ans>A</ans> <ans>  </ans>", "answer", "A"],
  ["an answer before keywords", "<ans>A</ans> <keywords>B</keywords>", "answer", "A"],
  ["an answer behind keywords", "<keywords>B</keywords> <ans>A</ans>", "answer", "A"],
  ["keywords when the answer is empty", "<ans></ans><keywords>B</keywords>", "keywords", "B"],
  ["keywords", "I need more. <keywords> Mei Lanfang, Vienna </keywords>", "keywords", "Mei Lanfang, Vienna"],
  ["the last of two keywords", "<keywords>A</keywords><keywords>B</keywords>", "keywords", "B"],
  ["keywords before subquestions", "<subquestion>Who?</subquestion><keywords>B</keywords>", "keywords", "B"],
  [
    "all subquestions",
    "<subquestion>Who?</subquestion> <subquestion>Where?</subquestion>",
    "subquestion",
    "Who? Where?",
  ],
  [
    "each subquestion once",
    "<subquestion>Who?</subquestion><subquestion>Where?</subquestion><subquestion> Who? </subquestion>",
    "subquestion",
    "Who? Where?",
  ],
  ["no tag", "  I would look for the director.\n", "none", "I would look for the director."],
  ["nothing at all", "", "none", ""],
  ["capitals", "<ANS>Peking</Ans>", "answer", "Peking"],
  ["spaces inside a tag", "< ans >Peking</ ans >", "answer", "Peking"],
  ["an answer over two lines", "<ans>Peking\nOpera</ans>", "answer", "Peking Opera"],
  ["an answer that was never closed", "So it is <ans> Pek", "none", "So it is Pek"],
  ["keywords before an answer that was cut", "<keywords>B</keywords> <ans> Pek", "keywords", "B"],
  ["a tag opened twice", "<ans>A <ans>B</ans>", "answer", "B"],
  ["an answer inside an answer", "<ans><ans>B</ans></ans>", "answer", "B"],
  ["an answer closed only", "Peking</ans>", "none", "Peking"],
  ["another tag inside an answer", "<ans>A <keywords>B</keywords></ans>", "answer", "A B"],
  ["an answer closed by another tag", "<ans>A</keywords>", "none", "A"],
  ["tags that are not ours", "<b>Peking</b>", "none", "<b>Peking</b>"],
  ["a comparison sign", "1 < 2 and <ans>yes</ans>", "answer", "yes"],
];

describe("parse-action", () => {
  it.each(CASES)("%s", (_what, response, type, text) => {
    expect(parseAction(response)).toEqual({ type, text });
  });

  it("takes a long response of abandoned tags without slowing down", () => {
    const response = "<ans>".repeat(20_000);
    expect(parseAction(response)).toEqual({ type: "none", text: "" });
  });

  it.each([
    ["Peking", "answered"],
    ["unknown", "unknown"],
    [" Unknown ", "unknown"],
    ["Unknown.", "unknown"],
    ["unknown !", "unknown"],
    ["unknowns.", "answered"],
    ["unknown soldier", "answered"],
  ])("the answer %j ends a task as %s", (text, outcome) => {
    expect(outcomeOf({ type: "answer", text })).toBe(outcome);
  });

  it.each([undefined, { type: "keywords", text: "unknown" }, { type: "none", text: "Peking" }] as const)(
    "a task that ends without an answer is unanswered: %j",
    (action) => {
      expect(outcomeOf(action)).toBe("unanswered");
    },
  );
});
