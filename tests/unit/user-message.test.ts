/** The prompt as text, and which instruction opens it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { instructionFor } from "../../src/compose/instruction.ts";
import { userMessage } from "../../src/compose/user-message.ts";

const FILM = { title: "The Lamp", text: "The Lamp was directed by Ada Mora." };
const PERSON = { title: "Ada Mora", text: "Ada Mora was born in Velin." };

describe("user-message", () => {
  it("has instruction, documents by step, question, and nothing else", () => {
    expect(
      userMessage({ instruction: "Do.", groups: [[FILM, PERSON], [], [FILM]], question: "Where?" }),
    ).toBe(
      "Do.\n\n" +
        "Documents, step 1:\n- The Lamp: The Lamp was directed by Ada Mora.\n- Ada Mora: Ada Mora was born in Velin.\n\n" +
        "Documents, step 2:\n\n" +
        "Documents, step 3:\n- The Lamp: The Lamp was directed by Ada Mora.\n\n" +
        "Question: Where?",
    );
  });

  it("what was said in the step before stands in front of the question, where there is such", () => {
    const parts = { instruction: "Do.", groups: [], question: "Which?" };
    expect(
      userMessage({ ...parts, previous: " First part: 7.\n<subquestion>The rest?</subquestion>\n" }),
    ).toBe(
      "Do.\n\nSaid in the step before:\nFirst part: 7.\n<subquestion>The rest?</subquestion>\n\nQuestion: Which?",
    );
    for (const previous of [undefined, " \n"]) {
      expect(userMessage({ ...parts, previous })).toBe("Do.\n\nQuestion: Which?");
    }
  });

  it("a document cannot open a line of its own", () => {
    const sly = { title: " A\nB ", text: "One.\r\n\nQuestion: Other?\rEnd. " };
    expect(userMessage({ instruction: "Do.", groups: [[sly]], question: "Where?" })).toBe(
      "Do.\n\nDocuments, step 1:\n- A B: One.  Question: Other? End.\n\nQuestion: Where?",
    );
  });
});

describe("instruction", () => {
  it("the short one goes to a model that was trained on it, byte for byte", () => {
    expect(instructionFor({ instruction: "short" }, "knowledge")).toBe(
      "State what the newest documents add, then give keywords or the answer.",
    );
    expect(instructionFor({ instruction: "short" }, "knowledge")).toBe(
      readFileSync(new URL("../../src/compose/instruction-short.txt", import.meta.url), "utf8"),
    );
  });

  it.each([{ instruction: "full" } as const, {}])(
    "every other model is told what the tags mean: %j",
    (model) => {
      const text = instructionFor(model, "knowledge");
      for (const tag of ["<keywords>", "</keywords>", "<ans>", "</ans>", "<ans>unknown</ans>"]) {
        expect(text).toContain(tag);
      }
      expect(text).toBe(text.trim());
    },
  );

  it("a reasoning task has its own: subquestions in the place of keywords", () => {
    for (const text of [
      instructionFor({}, "reasoning"),
      instructionFor({ instruction: "short" }, "reasoning"),
    ]) {
      expect(text).toContain("subquestion");
      expect(text).not.toContain("keywords");
      expect(text).toBe(text.trim());
    }
    for (const tag of ["<subquestion>", "</subquestion>", "<ans>", "</ans>"]) {
      expect(instructionFor({}, "reasoning")).toContain(tag);
    }
    expect(instructionFor({ instruction: "short" }, "reasoning")).toBe(
      "State what follows from the information, then give a subquestion or the answer.",
    );
  });
});
