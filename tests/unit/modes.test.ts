/** What each mode puts in front of a prompt. */
import { describe, expect, it } from "vitest";
import type { LoadedLog } from "../../src/compose/modes/mode.ts";
import { PROMPT_MODES } from "../../src/compose/modes/prompt-modes.ts";
import { MODES } from "../../src/terms/log.ts";
import { BEGIN, charsOf, sliceFor } from "../support/scripted-engine.ts";

const loaded = (id: string, text: string): LoadedLog => ({
  id,
  question: "",
  similarity: 1,
  lastIds: charsOf(text),
  slices: { kv: sliceFor(charsOf(text)) },
});
const LOGS = [loaded("a", "one\n\n"), loaded("b", "three\n\n")];
const PROMPT = [BEGIN, 5, 6];

describe("modes", () => {
  it("every mode has its file under its own name", () => {
    expect(Object.keys(PROMPT_MODES).toSorted()).toEqual([...MODES].toSorted());
    for (const mode of MODES) expect(PROMPT_MODES[mode].name).toBe(mode);
  });

  it("none: the next task sees nothing, and no log is retrieved", () => {
    const { remembers, place, tokensOf } = PROMPT_MODES.none;
    expect(remembers).toBe(false);
    expect(place([], PROMPT)).toEqual({ prefix: [], ids: PROMPT });
    expect(tokensOf(LOGS[0]!)).toBe(0);
  });

  it("text-last: the ids of the last responses end to end, before begin-of-text, and no rows", () => {
    const { encoding, place } = PROMPT_MODES["text-last"];
    expect(encoding).toBeNull();
    expect(place(LOGS, PROMPT)).toEqual({ prefix: [], ids: [...charsOf("one\n\nthree\n\n"), ...PROMPT] });
  });

  it("kv: the rows of the last responses end to end, and the plain prompt", () => {
    const { encoding, place } = PROMPT_MODES.kv;
    expect(encoding).toBe("kv");
    expect(place(LOGS, PROMPT)).toEqual({ prefix: LOGS.map((log) => log.slices.kv), ids: PROMPT });
  });

  it("a log takes as many positions as text as it takes as rows", () => {
    for (const log of LOGS) {
      expect(PROMPT_MODES["text-last"].tokensOf(log)).toBe(log.lastIds.length);
      expect(PROMPT_MODES.kv.tokensOf(log)).toBe(log.lastIds.length);
    }
  });
});
