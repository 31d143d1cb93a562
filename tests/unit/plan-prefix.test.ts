/** What is left out when room runs out, on both sides of each limit. */
import { describe, expect, it } from "vitest";
import { planPrefix } from "../../src/compose/plan-prefix.ts";
import type { Document } from "../../src/terms/document.ts";

const log = (id: string, similarity: number, tokens: number) => ({ id, similarity, tokens });
const doc = (title: string): Document => ({ title, text: "" });
/** A prompt of 10 tokens, and 5 more for each document. */
const compose = (groups: readonly (readonly Document[])[], turns: number) =>
  Array<number>(10 + 5 * groups.flat().length + 7 * turns).fill(0);

const LOGS = [log("a", 0.5, 20), log("b", 0.2, 30), log("c", 0.9, 40)];
const GROUPS = [[doc("d1"), doc("d2")], [doc("d3")]];
/** Everything: 90 rows, a prompt of 25, room of 8. */
const ALL = 90 + 25 + 8;

function plan(
  contextLength: number,
  logs = LOGS,
  groups: readonly (readonly Document[])[] = GROUPS,
  turns = 0,
) {
  const { leftOut, ...kept } = planPrefix({ pieces: logs, groups, turns, compose, room: 8, contextLength });
  return {
    logs: kept.pieces.map(({ id }) => id).join(""),
    documents: kept.documents.map(({ title }) => title),
    prompt: kept.promptIds.length,
    noLogs: leftOut.pieces.map(({ id }) => id).join(""),
    noDocuments: leftOut.documents.map(({ title }) => title),
    noTurns: leftOut.turns,
  };
}

describe("plan-prefix", () => {
  it("keeps everything, in the order in which it came, when it just fits", () => {
    expect(plan(ALL)).toEqual({
      logs: "abc",
      documents: ["d1", "d2", "d3"],
      prompt: 25,
      noLogs: "",
      noDocuments: [],
      noTurns: 0,
    });
  });

  it("drops the least similar log first when room runs out by one position", () => {
    expect(plan(ALL - 1)).toMatchObject({ logs: "ac", noLogs: "b", documents: ["d1", "d2", "d3"] });
  });

  it("drops logs one by one by similarity, never a part of one", () => {
    expect(plan(ALL - 30)).toMatchObject({ logs: "ac", noLogs: "b" });
    expect(plan(ALL - 31)).toMatchObject({ logs: "c", noLogs: "ba" });
    expect(plan(ALL - 51)).toMatchObject({ logs: "", noLogs: "bac", noDocuments: [] });
  });

  it("of equally similar logs the one that came last goes first", () => {
    const equal = [log("a", 0.5, 30), log("b", 0.5, 30), log("c", 0.5, 30)];
    expect(plan(ALL - 1, equal)).toMatchObject({ logs: "ab", noLogs: "c" });
    expect(plan(ALL - 31, equal)).toMatchObject({ logs: "a", noLogs: "cb" });
  });

  it("drops the oldest documents only when no log is left, and keeps the groups' numbers", () => {
    expect(plan(25 + 8)).toMatchObject({ noLogs: "bac", noDocuments: [] });
    expect(plan(25 + 7)).toMatchObject({ documents: ["d2", "d3"], noDocuments: ["d1"], prompt: 20 });
    expect(plan(15 + 8)).toMatchObject({ documents: ["d3"], noDocuments: ["d1", "d2"], prompt: 15 });
    const seen: number[] = [];
    planPrefix({
      pieces: [],
      groups: GROUPS,
      turns: 0,
      compose: (groups, turns) => {
        seen.push(groups.length);
        return compose(groups, turns);
      },
      room: 8,
      contextLength: 15 + 8,
    });
    expect(seen).toEqual([2, 2, 2]);
  });

  it("drops the oldest turns of the conversation behind the logs and before the documents", () => {
    const withTurns = (contextLength: number) => plan(contextLength, LOGS, GROUPS, 2);
    expect(withTurns(ALL + 14)).toMatchObject({ logs: "abc", noTurns: 0 });
    expect(withTurns(25 + 8 + 14)).toMatchObject({ noLogs: "bac", noTurns: 0, noDocuments: [] });
    expect(withTurns(25 + 8 + 13)).toMatchObject({ noTurns: 1, noDocuments: [], prompt: 32 });
    expect(withTurns(25 + 8 + 6)).toMatchObject({ noTurns: 2, noDocuments: [], prompt: 25 });
    expect(withTurns(25 + 7)).toMatchObject({ noTurns: 2, noDocuments: ["d1"] });
  });

  it("refuses a prompt that fits without logs and documents by not even one position", () => {
    expect(plan(10 + 8)).toMatchObject({ documents: [], noDocuments: ["d1", "d2", "d3"], prompt: 10 });
    expect(() => plan(10 + 7)).toThrowError(
      expect.objectContaining({
        name: "ContextFullError",
        message: expect.stringMatching(/10 tokens.*8.*17 positions.*shorter question/s),
      }),
    );
  });
});
