/** What each mode encodes, which rows of it are kept, and what stands in front of a prompt. */
import { describe, expect, it } from "vitest";
import type { Desk, LoadedLog, ReadyLog } from "../../src/compose/modes/mode.ts";
import { idsKept } from "../../src/compose/modes/mode.ts";
import { PROMPT_MODES } from "../../src/compose/modes/prompt-modes.ts";
import { traceTokens } from "../../src/record/trace-tokens.ts";
import { rowsOf } from "../../src/terms/kv-shape.ts";
import { MODES, type Mode, unitOf } from "../../src/terms/log.ts";
import { CHARS, charsOf, sliceFor, textOf } from "../../src/testing/scripted-engine.ts";
import { handMade } from "../support/text-tokenizer.ts";

const ROWS_MODES = MODES.filter((mode) => PROMPT_MODES[mode].encoding !== null);
const spanOf = (mode: Mode, ...responses: string[]) =>
  PROMPT_MODES[mode].encoding!.span(traceTokens(responses, CHARS));

/** Two logs as they are loaded for a mode, the rows made as its encoding says. */
const loaded = (mode: Mode): ReadyLog[] =>
  Object.entries({ a: ["zero", "one"], b: ["three"] }).map(([id, responses]) => {
    const log: LoadedLog = { id, question: "", similarity: 0.5, trace: traceTokens(responses, CHARS) };
    const { encoding, tokensOf } = PROMPT_MODES[mode];
    const rows = encoding ? { slice: sliceFor(idsKept(encoding, log.trace)) } : {};
    return { ...log, ...rows, tokens: tokensOf({ ...log, ...rows }) };
  });

/** The preparation of modes that generate nothing. */
const prepare = (mode: Mode) => PROMPT_MODES[mode].prepare(loaded(mode), {} as Desk);

describe("modes", () => {
  it("every mode has its file under its own name, and an encoding that of the mode that reads it", () => {
    expect(Object.keys(PROMPT_MODES).toSorted()).toEqual([...MODES].toSorted());
    for (const mode of MODES) expect(PROMPT_MODES[mode].name).toBe(mode);
    for (const mode of ROWS_MODES) expect(PROMPT_MODES[mode].encoding!.name).toBe(mode);
    expect(ROWS_MODES).toEqual(MODES.filter((mode) => unitOf(mode) === "row"));
  });

  it.each([
    ["kv", "\n\nOne.\n\nTwo, more.\n\n", "Two, more.\n\n"],
    ["kv-all", "\n\nOne.\n\nTwo, more.\n\n", "\n\nOne.\n\nTwo, more.\n\n"],
    ["kv-isolated", "Two, more.\n\n", "Two, more.\n\n"],
    ["kv-last-action", "\n\nOne.\n\nTwo, more.\n\n", "Two, more.\n\n"],
  ] as const)("%s encodes %j and keeps the rows of %j", (mode, encoded, kept) => {
    const { ids, from, to } = spanOf(mode, "One.", "Two, more.");
    expect(textOf(ids)).toBe(encoded);
    expect(textOf(ids.slice(from, to))).toBe(kept);
  });

  it("of a trace with one response kv and kv-isolated differ by the leading blank line", () => {
    expect(spanOf("kv", "One.")).toMatchObject({ from: 2, to: 8 });
    expect(spanOf("kv-isolated", "One.")).toEqual({ ids: charsOf("One.\n\n"), from: 0, to: 6 });
  });

  it.each([
    ["So: <ans> A </ans>", "So: \n<ans> A </ans>\n\n", "<ans> A </ans>"],
    ["<ans>A</ans>", "\n<ans>A</ans>\n\n", "<ans>A</ans>"],
    ["<ans>A</ans> \n", "\n<ans>A</ans>\n\n", "<ans>A</ans>"],
    ["<ans>A</ans> I hope.", "\n<ans>A</ans>\n\n I hope.\n\n", "<ans>A</ans>"],
    ["<ans>A</ans> no, <ans>B</ans>", "<ans>A</ans> no, \n<ans>B</ans>\n\n", "<ans>B</ans>"],
    ["<ans>A</ans><keywords>B</keywords>", "\n<ans>A</ans>\n\n<keywords>B</keywords>\n\n", "<ans>A</ans>"],
    [
      "<keywords>B</keywords><ans></ans>",
      "\n<keywords>B</keywords>\n\n<ans></ans>\n\n",
      "<keywords>B</keywords>",
    ],
    [
      "<subquestion>B</subquestion><subquestion>C</subquestion>",
      "<subquestion>B</subquestion>\n<subquestion>C</subquestion>\n\n",
      "<subquestion>C</subquestion>",
    ],
  ])("kv-last-action: of %j it encodes %j and keeps the rows of %j", (last, encoded, kept) => {
    const { ids, from, to } = spanOf("kv-last-action", "One. <ans>0</ans>", last);
    expect(textOf(ids)).toBe(`\n\nOne. <ans>0</ans>\n\n${encoded}`);
    expect(textOf(ids.slice(from, to))).toBe(kept);
  });

  it("kv-last-action: a token that reaches over the end of the action is kept whole", () => {
    const tokenizer = handMade([".\n", ">\n\n"]);
    const trace = traceTokens(["So.<ans>A</ans>"], tokenizer);
    const { ids, from, to } = PROMPT_MODES["kv-last-action"].encoding!.span(trace);
    expect(tokenizer.piecesOf(ids).join(" ")).toBe("\n \n S o .\n < a n s > A < / a n s >\n\n");
    expect(tokenizer.piecesOf(ids.slice(from, to)).join("")).toBe("<ans>A</ans>\n\n");
  });

  it("none: the next task sees nothing, and no log is retrieved", async () => {
    expect(PROMPT_MODES.none.remembers).toBe(false);
    expect(await prepare("none")).toEqual({ pieces: [], leftOut: [] });
    expect(loaded("none").map(({ tokens }) => tokens)).toEqual([0, 0]);
  });

  it.each([
    ["text-last", ["one\n\n", "three\n\n"]],
    ["text-all", ["\n\nzero\n\none\n\n", "\n\nthree\n\n"]],
  ] as const)("%s: the ids of %j, and no rows", async (mode, texts) => {
    expect(PROMPT_MODES[mode].encoding).toBeNull();
    const { pieces, ...rest } = await prepare(mode);
    expect(pieces.map(({ prefix, ids }) => [prefix, textOf(ids)])).toEqual(texts.map((text) => [[], text]));
    expect(rest).toEqual({ leftOut: [] });
  });

  it.each([
    ["kv", ["one\n\n", "three\n\n"]],
    ["kv-all", ["\n\nzero\n\none\n\n", "\n\nthree\n\n"]],
    ["kv-isolated", ["one\n\n", "three\n\n"]],
    ["kv-last-action", ["one\n\n", "three\n\n"]],
  ] as const)("%s: the rows of %j, and no ids", async (mode, texts) => {
    const { pieces, ...rest } = await prepare(mode);
    expect(pieces.map(({ prefix }) => prefix)).toEqual(loaded(mode).map(({ slice }) => [slice]));
    expect(pieces.map(({ prefix, ids }) => [textOf(prefix[0]!.keys), ids])).toEqual(
      texts.map((text) => [text, []]),
    );
    expect(rest).toEqual({ leftOut: [] });
  });

  it.each(["text-last", "text-all", "kv", "kv-all", "kv-isolated", "kv-last-action"] as const)(
    "%s: each log is a piece of its own, as similar and as large as it is",
    async (mode) => {
      const logs = loaded(mode);
      const { pieces } = await prepare(mode);
      expect(pieces.map(({ logs: own }) => own)).toEqual(logs.map((log) => [log]));
      for (const [i, { similarity, tokens, ids, prefix }] of pieces.entries()) {
        expect([similarity, tokens]).toEqual([0.5, logs[i]!.tokens]);
        expect(tokens).toBe(ids.length + rowsOf(prefix));
      }
    },
  );

  it.each([
    ["text-last", "kv"],
    ["text-all", "kv-all"],
  ] as const)("a log in %s takes exactly the positions that it takes as rows in %s", (text, rows) => {
    expect(loaded(text).map(({ tokens }) => tokens)).toEqual(loaded(rows).map(({ tokens }) => tokens));
  });
});
