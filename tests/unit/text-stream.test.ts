/** Text that streams: whole characters only, cut behind a stop string, nothing said twice. */
import { describe, expect, it } from "vitest";
import { createTextStream } from "../../src/engine/text-stream.ts";

/** A byte-level decoder: one id = one byte. */
const decode = (ids: readonly number[]) => new TextDecoder().decode(Uint8Array.from(ids));

function stream(text: string, stop?: string[]) {
  const pieces: string[] = [];
  const out = createTextStream({ decode, ...(stop ? { stop } : {}), onText: (piece) => pieces.push(piece) });
  const bytes = new TextEncoder().encode(text);
  let stoppedAt = -1;
  for (const [i, byte] of bytes.entries()) {
    if (!out.push(byte)) continue;
    stoppedAt = i;
    break;
  }
  out.end();
  return { pieces, stoppedAt, text: out.response };
}

describe("text-stream", () => {
  it("emits a character of several bytes once it is whole", () => {
    const { pieces, text } = stream("aé𝄞b");
    expect(pieces).toEqual(["a", "é", "𝄞", "b"]);
    expect(text).toBe("aé𝄞b");
  });

  it("emits at the end what never became whole", () => {
    const pieces: string[] = [];
    const out = createTextStream({ decode, onText: (piece) => pieces.push(piece) });
    for (const byte of [0x61, 0xf0, 0x9d]) out.push(byte);
    expect(pieces).toEqual(["a"]);
    out.end();
    expect(pieces).toEqual(["a", "\uFFFD"]);
  });

  it("keeps a replacement character that was meant", () => {
    const { pieces, text } = stream("a\uFFFDb");
    expect(text).toBe("a\uFFFDb");
    expect(pieces.join("")).toBe(text);
  });

  it("ends behind the first stop string and keeps it", () => {
    expect(stream("one</ans>two", ["</ans>"])).toMatchObject({ text: "one</ans>", stoppedAt: 8 });
    expect(stream("one</b>two</a>", ["</a>", "</b>"]).text).toBe("one</b>");
  });

  it("cuts what a token carries beyond the stop string", () => {
    const out = createTextStream({ decode: () => "x</ans> and more", stop: ["</ans>"] });
    expect(out.push(1)).toBe(true);
    expect(out.response).toBe("x</ans>");
  });

  it("ends before what ends a turn, of which nothing is ever emitted, nor held back when it is something else", () => {
    const ended = (text: string, stop: string[] = []) => {
      const pieces: string[] = [];
      const turnEnds = ["[INST]", "###"];
      const out = createTextStream({ decode, stop, turnEnds, onText: (piece) => pieces.push(piece) });
      const at = [...new TextEncoder().encode(text)].findIndex((byte) => out.push(byte));
      out.end();
      return { at, text: out.response, emitted: pieces.join(""), turnEnded: out.turnEnded };
    };
    expect(ended("yes [INST] no")).toEqual({ at: 9, text: "yes ", emitted: "yes ", turnEnded: true });
    expect(ended("[IN [[INST]")).toEqual({ at: 10, text: "[IN [", emitted: "[IN [", turnEnded: true });
    expect(ended("a ## b [INS")).toMatchObject({ at: -1, emitted: "a ## b [INS", turnEnded: false });
    expect(ended("a</ans> ###", ["</ans>"])).toMatchObject({ text: "a</ans>", turnEnded: false });
  });

  it("an empty stop string stops nothing", () => {
    expect(stream("abc", [""])).toMatchObject({ text: "abc", stoppedAt: -1 });
  });

  it.each([
    ["<think>\nhm </thin", "", "<think>\nhm </thin"],
    ["\n<think>é</think>\n\n yes", "yes", "\n<think>é</think>\n\n "],
    ["<thi", "<thi", ""],
    ["a <think>b", "a <think>b", ""],
    [" \n", " \n", ""],
    ["<think></think>", "", "<think></think>"],
  ])("%j: what is said apart from what is thought", (said, response, thoughts) => {
    const [texts, thought]: [string[], string[]] = [[], []];
    const out = createTextStream({
      decode,
      stop: ["</thin"],
      onText: (piece) => texts.push(piece),
      onThoughts: (piece) => thought.push(piece),
    });
    for (const byte of new TextEncoder().encode(said)) expect(out.push(byte)).toBe(false);
    out.end();
    expect([out.response, out.thoughts]).toEqual([response, thoughts]);
    expect([texts.join(""), thought.join("")]).toEqual([response, thoughts]);
  });
});
