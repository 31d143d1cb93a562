/** What a conversation is called, what of it stands in a later prompt, and by which words it is found. */
import { describe, expect, it } from "vitest";
import {
  type Conversation,
  logsOf,
  matches,
  type Turn,
  titleFrom,
  turnsForPrompt,
} from "../../src/app/conversations/conversation.ts";
import type { TaskResult } from "../../src/runtime/events.ts";

const turn = (question: string, answer: string | null, logId: string | null = null): Turn => ({
  id: question,
  task: { question },
  end: { type: "answered", result: { answer, logId } as TaskResult },
});
const STOPPED: Turn = { id: "s", task: { question: "Stopped?" }, end: { type: "stopped" } };
const TURNS = [
  turn("Who made it?", "Ada Mora", "log-1"),
  STOPPED,
  turn("When?", null, "log-2"),
  turn("Where?", "Velin"),
];

describe("conversation", () => {
  it("is called by its first question, cut between words", () => {
    expect(titleFrom("  Who made\n The Lamp? ")).toBe("Who made The Lamp?");
    const long = titleFrom("What is the place of birth of the person who directed The Salt Orchard?");
    expect(long).toBe("What is the place of birth of the person who directed The…");
    expect(titleFrom("x".repeat(100))).toBe(`${"x".repeat(60)}…`);
  });

  it("only turns that were answered stand in a later prompt", () => {
    expect(turnsForPrompt(TURNS)).toEqual([
      { question: "Who made it?", answer: "Ada Mora" },
      { question: "Where?", answer: "Velin" },
    ]);
  });

  it("names the logs that its turns left", () => {
    expect(logsOf(TURNS)).toEqual(["log-1", "log-2"]);
  });

  it("is found by words of title, questions and answers, whatever their case", () => {
    const conversation: Conversation = { id: "c", title: "Films", changedAt: 1, memory: true, turns: TURNS };
    for (const found of ["films", "ADA", "who velin", "stopped"])
      expect(matches(conversation, found)).toBe(true);
    for (const missed of ["songs", "ada berlin"]) expect(matches(conversation, missed)).toBe(false);
  });
});
