import { describe, expect, it } from "vitest";
import { describeBadLine, parseCorpus } from "../../src/app/documents/corpus-jsonl.ts";

const GOOD = '{"title": "Askerby", "text": "Askerby lies in Norway."}';

describe("parseCorpus", () => {
  it("reads one document a line, in order, whatever ends the lines", () => {
    const other = '{"title": "Zelmark", "text": "Zelmark is old.", "more": 1}';
    for (const end of ["\n", "\r\n", "\r"]) {
      const { documents, badLines } = parseCorpus(`\uFEFF${GOOD}${end}${end}  ${end}${other}${end}`);
      expect(badLines).toEqual([]);
      expect(documents).toEqual([
        { title: "Askerby", text: "Askerby lies in Norway." },
        { title: "Zelmark", text: "Zelmark is old." },
      ]);
    }
  });

  it.each([
    ["no JSON", "{title: Askerby}", "is not JSON: {title: Askerby}"],
    ["a list", '["Askerby"]', 'is not an object with "title" and "text": ["Askerby"]'],
    ["null", "null", 'is not an object with "title" and "text": null'],
    ["no title", '{"text": "x"}', 'has no "title" that is a string'],
    ["a text that is no string", '{"title": "a", "text": 3}', 'has no "text" that is a string'],
    ["an empty text", '{"title": "a", "text": " "}', 'has an empty "text"'],
  ])("refuses %s by line number and keeps the rest", (_, bad, reason) => {
    const { documents, badLines } = parseCorpus(`${GOOD}\n\n${bad}\n${GOOD}`);
    expect(documents).toHaveLength(2);
    expect(badLines).toEqual([{ line: 3, reason }]);
    expect(describeBadLine(badLines[0]!)).toBe(`Line 3 ${reason}`);
  });

  it("shows only the beginning of a long bad line", () => {
    const [bad] = parseCorpus("x".repeat(500)).badLines;
    expect(bad!.reason.length).toBeLessThan(100);
  });

  it("finds nothing in an empty file", () => {
    expect(parseCorpus("\n \n")).toEqual({ documents: [], badLines: [] });
  });
});
