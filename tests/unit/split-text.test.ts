/** Texts become documents that are short, whole sentences, and named after where they stood. */
import { describe, expect, it } from "vitest";
import { splitText } from "../../src/app/documents/split-text.ts";

describe("split-text", () => {
  it("lays short paragraphs together and keeps the file's name as the title", () => {
    expect(splitText("notes", "\uFEFFOne\nline.\n\n\nTwo.\r\n\r\nThree.")).toEqual([
      { title: "notes", text: "One line. Two. Three." },
    ]);
    expect(splitText("notes", " \n\n ")).toEqual([]);
  });

  it("a heading begins a document that bears its name", () => {
    expect(splitText("lamp", "Before.\n# The Lamp\nMade by Ada.\n## Cast ##\nNobody.\n#no heading")).toEqual([
      { title: "lamp", text: "Before." },
      { title: "lamp, The Lamp", text: "Made by Ada." },
      { title: "lamp, Cast", text: "Nobody. #no heading" },
    ]);
  });

  it("cuts what is long between sentences, numbers the parts, and loses nothing", () => {
    const sentences = Array.from({ length: 40 }, (_, n) => `Sentence number ${n} is about lamps.`);
    const parts = splitText("long", sentences.join(" "));
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.map(({ title }) => title)).toEqual(parts.map((_, n) => `long (${n + 1})`));
    expect(parts.map(({ text }) => text).join(" ")).toBe(sentences.join(" "));
    for (const { text } of parts) {
      expect(text.length).toBeLessThanOrEqual(600);
      expect(text).toMatch(/^Sentence .*\.$/s);
    }
    const whole = `${"x".repeat(900)}.`;
    expect(splitText("one", whole)).toEqual([{ title: "one", text: whole }]);
  });
});
