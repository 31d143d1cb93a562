import { describe, expect, it } from "vitest";
import { partsOf } from "../../src/app/chat/response-parts.ts";

describe("partsOf", () => {
  it("cuts a response where its tags stand", () => {
    expect(partsOf("The father of A is B. <keywords> B </keywords>")).toEqual([
      { kind: "text", text: "The father of A is B." },
      { kind: "keywords", text: "B" },
    ]);
    expect(partsOf("So. <subquestion>Who?</subquestion> <ans> Oslo </ans>")).toEqual([
      { kind: "text", text: "So." },
      { kind: "subquestion", text: "Who?" },
      { kind: "answer", text: "Oslo" },
    ]);
  });

  it("never shows a piece of a tag, at whatever character a growing response stands", () => {
    const whole = "It is B. <keywords> B, C </keywords> and <ans> D </ans>";
    for (let end = 0; end <= whole.length; end += 1) {
      const shown = partsOf(whole.slice(0, end)).map(({ text }) => text);
      expect(shown.join(" "), `after ${end} characters`).not.toMatch(/[<>/]/);
    }
  });

  it("leaves alone what only looks like a tag", () => {
    expect(partsOf("a < b and <b>bold</b>")).toEqual([{ kind: "text", text: "a < b and <b>bold</b>" }]);
  });

  it("leaves out empty tags", () => {
    expect(partsOf("<ans>  </ans>")).toEqual([]);
  });
});
