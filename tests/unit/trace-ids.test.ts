/** Which tokens of a trace are encoded, and which of them a slice holds. */
import { describe, expect, it } from "vitest";
import { traceIds } from "../../src/record/trace-ids.ts";
import { charsOf, textOf } from "../support/scripted-engine.ts";

describe("trace-ids", () => {
  it("one blank line leads, every response brings its own, the slice is the last response with it", () => {
    const { ids, responseIds, from, to } = traceIds(["One.", "Two, more."], charsOf);
    expect(textOf(ids)).toBe("\n\nOne.\n\nTwo, more.\n\n");
    expect(responseIds.map(textOf)).toEqual(["One.\n\n", "Two, more.\n\n"]);
    expect(textOf(ids.slice(from, to))).toBe("Two, more.\n\n");
    expect(to).toBe(ids.length);
  });

  it("of a trace with one response only the leading blank line is outside the slice", () => {
    const { ids, from, to } = traceIds(["One."], charsOf);
    expect([from, to, ids.length]).toEqual([2, 8, 8]);
  });

  it("tokenises each response on its own, never the joined text", () => {
    const asked: string[] = [];
    const greedy = (text: string) => {
      asked.push(text);
      return [text.length];
    };
    const { ids, from, to } = traceIds(["One.", "Two."], greedy);
    expect(asked.toSorted()).toEqual(["\n\n", "One.\n\n", "Two.\n\n"]);
    expect(ids).toEqual([2, 6, 6]);
    expect([from, to]).toEqual([2, 3]);
  });
});
