/** Where the actions that count stand in a response. What they say: parse-action.test.ts. */
import { describe, expect, it } from "vitest";
import { taggedActions } from "../../src/terms/action-tags.ts";

const standing = (response: string) =>
  taggedActions(response).map(({ from, to }) => response.slice(from, to));

describe("action-tags", () => {
  it.each([
    ["So. <ans> Velin </ans>", ["<ans> Velin </ans>"]],
    ["<ans>A</ans> or <ans>B</ans>.", ["<ans>A</ans>", "<ans>B</ans>"]],
    ["<ans>A</ans><ans> </ans>", ["<ans>A</ans>"]],
    ["<keywords>B</keywords> <ans>A</ans> <keywords>C</keywords>", ["<ans>A</ans>"]],
    ["<ans> </ans> < Keywords >B</keywords>", ["< Keywords >B</keywords>"]],
    ["<subquestion>Who?</subquestion><keywords>B</keywords>", ["<keywords>B</keywords>"]],
    ["<ans>A <ans>B</ans>", ["<ans>B</ans>"]],
    ["<keywords>B</keywords> <ans> Pek", ["<keywords>B</keywords>"]],
    ["no tag", []],
  ])("in %j: %j", (response, wanted) => {
    expect(standing(response)).toEqual(wanted);
  });
});
