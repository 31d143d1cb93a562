/** The generate loop over a scripted decoder: what it asks for, how it ends, and who waits for whom. */
import { describe, expect, it } from "vitest";
import type { Decoder } from "../../src/engine/decoder.ts";
import type { GenerateRequest } from "../../src/engine/engine.ts";
import { LagEngine, readTokensAtOnce } from "../../src/engine/lag-engine.ts";
import { spokenOf } from "../../src/engine/thoughts.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import type { Thoughts } from "../../src/terms/thoughts.ts";

const SHAPE = { layers: 1, kvHeads: 1, headDim: 2 };
const END = 0;
const slice = (tokens: number): KvSlice => ({
  shape: SHAPE,
  dtype: "float32",
  tokens,
  keys: new Float32Array(2 * tokens),
  values: new Float32Array(2 * tokens),
});

/** Says the characters of `script`, one token each (its code), then ends its turn. */
function scripted(
  script: string,
  {
    capacity = 2000,
    vocabSize = 128,
    onRun = () => {},
    thoughts = "drop" as Thoughts,
    tokensAtOnce = 512,
    lastLogitsOnly = false,
  } = {},
) {
  const calls: string[] = [];
  let length = 0;
  let said = 0;
  let unread = 0;
  const decoder: Decoder = {
    backend: "wasm",
    shape: SHAPE,
    dtype: "float32",
    vocabSize,
    lastLogitsOnly,
    capacity,
    get length() {
      return length;
    },
    startsAnywhere: false,
    clear() {
      calls.push("clear");
      length = said = 0;
    },
    async place(slices) {
      const rows = slices.reduce((sum, { tokens }) => sum + tokens, 0);
      calls.push(`place ${rows}`);
      length += rows;
    },
    async run(ids, wanted = "last") {
      await Promise.resolve();
      onRun();
      calls.push(`run ${ids.length}`);
      if (wanted === "none") unread++;
      length += ids.length;
      const next = script.charCodeAt(said++);
      if (wanted === "none") {
        said--;
        return new Float32Array(0);
      }
      return Float32Array.from({ length: vocabSize }, (_, id) =>
        id === (Number.isNaN(next) ? END : next) ? 1 : 0,
      );
    },
    async truncate(rows) {
      if (rows === length) return;
      calls.push(`truncate ${rows}`);
      length = rows;
    },
    async take(from, to) {
      calls.push(`take ${from} ${to}`);
      return slice(to - from);
    },
    async dispose() {
      calls.push("dispose");
    },
  };
  const engine = new LagEngine({
    decoder,
    tokenizer: {
      plain: (text) => Array.from(text, (c) => c.charCodeAt(0)),
      template: () => [],
      decode: (ids) => String.fromCharCode(...ids),
      idOf: () => undefined,
      isControl: () => false,
    },
    template: { compose: (_, options) => [options?.thinking === false ? 1 : 0] },
    thoughts,
    tokensAtOnce,
    model: {
      name: "scripted",
      fingerprint: "",
      contextLength: capacity,
      maxNewTokens: undefined,
      shape: SHAPE,
      dtype: "float32",
      weightBytes: 0,
    },
    endIds: [END],
    notices: [],
  });
  return { engine, calls, unread: () => unread };
}

const request = (change: Partial<GenerateRequest> = {}): GenerateRequest => ({
  prefix: [],
  ids: [5, 6, 7],
  maxNewTokens: 100,
  ...change,
});

describe("lag-engine", () => {
  it("places the prefix, runs the prompt, then one token at a time until the turn ends", async () => {
    const { engine, calls } = scripted("hi");
    const pieces: string[] = [];
    const result = await engine.generate(
      request({ prefix: [slice(4), slice(3)], onText: (text) => pieces.push(text) }),
    );
    expect(calls).toEqual(["clear", "place 7", "run 3", "run 1", "run 1"]);
    expect(result).toMatchObject({ text: "hi", ids: [104, 105], finish: "end-of-turn" });
    expect(pieces).toEqual(["h", "i"]);
    const { prefix, firstToken, total } = result.timings;
    expect(prefix).toBeLessThanOrEqual(firstToken);
    expect(firstToken).toBeLessThanOrEqual(total);
  });

  it("ends at a stop string and keeps it", async () => {
    const { engine, calls } = scripted("<ans>x</ans>never");
    const result = await engine.generate(request({ stop: ["</ans>"] }));
    expect(result).toMatchObject({ text: "<ans>x</ans>", finish: "stop-string" });
    expect(calls.filter((call) => call === "run 1")).toHaveLength(11);
  });

  it("ends at the token limit, and where the context is full", async () => {
    expect(await scripted("abcdef").engine.generate(request({ maxNewTokens: 3 }))).toMatchObject({
      text: "abc",
      finish: "length",
    });
    expect(await scripted("abcdef", { capacity: 5 }).engine.generate(request())).toMatchObject({
      text: "abc",
      finish: "length",
    });
  });

  it("a response may be empty", async () => {
    expect(await scripted("").engine.generate(request())).toMatchObject({
      text: "",
      ids: [],
      finish: "end-of-turn",
    });
  });

  it("draws when it is told to", async () => {
    const { engine } = scripted("aaaa");
    // At a high temperature all tokens are about equally likely.
    const { ids } = await engine.generate(
      request({ sampling: { temperature: 1000, seed: 5 }, maxNewTokens: 4 }),
    );
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBeGreaterThan(2);
  });

  it("runs a long prompt in pieces, so that its logits stay small", async () => {
    const long = new Array<number>(1100).fill(1);
    const small = scripted("");
    await small.engine.generate(request({ ids: long }));
    expect(small.calls).toEqual(["clear", "place 0", "run 512", "run 512", "run 76"]);
    const large = scripted("", { vocabSize: 160_000 });
    await large.engine.generate(request({ ids: long.slice(0, 200) }));
    expect(large.calls.slice(2)).toEqual(["run 104", "run 96"]);
    const last = scripted("", { vocabSize: 160_000, lastLogitsOnly: true });
    await last.engine.generate(request({ ids: long.slice(0, 200) }));
    expect(last.calls.slice(2)).toEqual(["run 200"]);
    const chosen = scripted("", { tokensAtOnce: 100 });
    await chosen.engine.generate(request({ ids: long.slice(0, 250) }));
    expect(chosen.calls.slice(2)).toEqual(["run 100", "run 100", "run 50"]);
  });

  it("reads back the logits that choose a token, and no others", async () => {
    const { engine, calls, unread } = scripted("-hi", { tokensAtOnce: 2 });
    const { text } = await engine.generate(request({ sink: [8], ids: [1, 2, 3, 4, 5] }));
    expect(text).toBe("-hi");
    expect(calls).toEqual([
      "clear",
      "run 1",
      "place 0",
      "run 2",
      "run 2",
      "run 1",
      "run 1",
      "run 1",
      "run 1",
    ]);
    expect(unread()).toBe(3);
    await engine.encode([1, 2, 3], 0, 3);
    expect(unread()).toBe(5);
  });

  it("a prompt is stopped between two pieces of it", async () => {
    const control = new AbortController();
    let runs = 0;
    const stopped = scripted("x", {
      tokensAtOnce: 2,
      onRun: () => ++runs === 3 && control.abort(),
    });
    const done = stopped.engine.generate(request({ ids: Array(100).fill(1), signal: control.signal }));
    await expect(done).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(runs).toBe(3);
  });

  it.each([0, 1.5, -1, Number.NaN, "8", null])("tokensAtOnce: %j is refused", (value) => {
    expect(() => readTokensAtOnce(value)).toThrow(/tokensAtOnce is .*expected a whole number of at least 1/);
    expect(readTokensAtOnce()).toBe(512);
  });

  it("stops between tokens when it is aborted, even from a timer", async () => {
    const control = new AbortController();
    const { engine } = scripted("x".repeat(1900), { onRun: () => busy(1) });
    setTimeout(() => control.abort(), 30);
    const pieces: string[] = [];
    const done = engine.generate(
      request({ maxNewTokens: 1900, signal: control.signal, onText: (text) => pieces.push(text) }),
    );
    await expect(done).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(pieces.length).toBeGreaterThan(0);
    expect(pieces.length).toBeLessThan(1000);
  });

  it("rows that were said are captured as they are; only what follows them is run", async () => {
    const { engine, calls } = scripted("hi");
    const asked: string[] = [];
    const capture = ({ text }: { readonly text: string }) => {
      asked.push(text);
      return [104, 105, 10, 10];
    };
    const result = await engine.generate(request({ prefix: [slice(4)], capture }));
    expect(asked).toEqual(["hi"]);
    expect(calls).toEqual(["clear", "place 4", "run 3", "run 1", "run 1", "run 2", "take 7 11"]);
    expect(result.captured).toEqual(slice(4));
    expect(result.timings.capture).toBeGreaterThanOrEqual(0);
  });

  it("a last token that was not run, or that is written otherwise with what follows it, is run again", async () => {
    const limited = scripted("hi!");
    await limited.engine.generate(request({ maxNewTokens: 2, capture: () => [104, 105, 10] }));
    expect(limited.calls.slice(3)).toEqual(["run 1", "run 2", "take 3 6"]);
    const merged = scripted("hi");
    await merged.engine.generate(request({ capture: () => [104, 99] }));
    expect(merged.calls.slice(3)).toEqual(["run 1", "run 1", "truncate 4", "run 1", "take 3 5"]);
    const shorter = scripted("hi");
    await shorter.engine.generate(request({ capture: () => [104] }));
    expect(shorter.calls.slice(5)).toEqual(["truncate 4", "take 3 4"]);
  });

  it("captured rows bear the sink that they stood behind", async () => {
    const { engine } = scripted("h");
    const { captured } = await engine.generate(request({ sink: [8, 9], capture: () => [104] }));
    expect(captured!.sink).toBe((await engine.encode([1], 0, 1, { sink: [8, 9] })).sink);
  });

  const THINKING = "<think>a?</think>\n\nhi";

  it("thoughts are told apart and dropped; captured rows are those of the response, behind them", async () => {
    const { engine, calls } = scripted(THINKING);
    const [texts, thoughts]: [string[], string[]] = [[], []];
    const said = await engine.generate(
      request({
        onText: (text) => texts.push(text),
        onThoughts: (text) => thoughts.push(text),
        capture: ({ text }) => Array.from(`${text}\n`, (c) => c.charCodeAt(0)),
      }),
    );
    const thought = "<think>a?</think>\n\n";
    expect(said).toMatchObject({ text: "hi", thoughts: thought, captured: slice(3) });
    expect(said.ids).toHaveLength(THINKING.length);
    expect([texts.join(""), thoughts.join("")]).toEqual(["hi", thought]);
    const at = 3 + thought.length;
    expect(calls.slice(-2)).toEqual(["run 1", `take ${at} ${at + 3}`]);
    expect(engine.composeChat([])).toEqual([0]);
  });

  it("thoughts that are kept begin the text and its rows", async () => {
    const { engine, calls } = scripted(THINKING, { thoughts: "keep" });
    const capture = ({ text }: { readonly text: string }) => Array.from(text, (c) => c.charCodeAt(0));
    const said = await engine.generate(request({ capture }));
    expect(said).toMatchObject({ text: THINKING, thoughts: "<think>a?</think>\n\n" });
    expect(calls.at(-1)).toBe(`take 3 ${3 + THINKING.length}`);
    expect(spokenOf(said)).toBe("hi");
  });

  it("thoughts that the prompt began, or that never end, are thoughts; the template is told when they are off", async () => {
    const ids = Array.from("<think>\n", (c) => c.charCodeAt(0));
    expect(await scripted("a?</think>hi").engine.generate(request({ ids }))).toMatchObject({
      text: "hi",
      thoughts: "a?</think>",
    });
    const endless = await scripted("<think><ans>no</ans>").engine.generate(request());
    expect(endless).toMatchObject({ text: "", thoughts: "<think><ans>no</ans>" });
    expect(scripted("", { thoughts: "off" }).engine.composeChat([])).toEqual([1]);
  });

  it("captures nothing when nothing is asked for, or where it does not fit", async () => {
    const { engine, calls } = scripted("hi", { capacity: 6 });
    expect(await engine.generate(request({ capture: () => null }))).not.toHaveProperty("captured");
    expect(await engine.generate(request())).not.toHaveProperty("captured");
    const full = await engine.generate(request({ capture: () => [104, 105, 10, 10] }));
    expect(full).toMatchObject({ text: "hi" });
    expect(full).not.toHaveProperty("captured");
    expect(calls.filter((call) => /take|truncate/.test(call))).toEqual([]);
  });

  it("encodes in one pass and takes the rows asked for", async () => {
    const { engine, calls } = scripted("");
    expect((await engine.encode([1, 2, 3, 4], 1, 4)).tokens).toBe(3);
    expect(calls).toEqual(["clear", "run 4", "take 1 4"]);
    await expect(engine.encode([1], 0, 1, { signal: AbortSignal.abort() })).rejects.toThrow(/stopped/);
  });

  it("a sink stands before the rows, and before what is encoded; rows are counted without it", async () => {
    const { engine, calls } = scripted("h");
    const slice = await engine.encode([1, 2, 3, 4], 1, 4, { sink: [8, 9] });
    expect(calls.splice(0)).toEqual(["clear", "run 6", "take 3 6"]);
    expect(slice).toMatchObject({ tokens: 3, sink: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const { text } = await engine.generate(request({ sink: [8, 9], prefix: [slice] }));
    expect(calls).toEqual(["clear", "run 2", "place 3", "run 3", "run 1"]);
    expect(text).toBe("h");
  });

  it("a slice goes behind the sink that it was encoded behind, and behind no other", async () => {
    const { engine, calls } = scripted("");
    const behind = await engine.encode([1, 2], 0, 2, { sink: [8, 9] });
    const other = await engine.encode([1, 2], 0, 2, { sink: [8, 90] });
    const bare = await engine.encode([1, 2], 0, 2, { sink: [] });
    expect(new Set([behind.sink, other.sink, bare.sink]).size).toBe(3);
    expect(bare.sink).toBeUndefined();
    calls.length = 0;
    for (const [sink, prefix, message] of [
      [[8, 9], [behind, other], `behind the sink ${other.sink} was to be put behind the sink ${behind.sink}`],
      [[8, 9], [bare], "encoded behind no sink"],
      [[], [behind], "was to be put behind no sink"],
      [undefined, [bare, behind], "was to be put behind no sink"],
    ] as const) {
      await expect(engine.generate(request({ prefix, ...(sink && { sink }) }))).rejects.toMatchObject({
        name: "LayoutMismatchError",
        message: expect.stringContaining(message),
      });
    }
    expect(calls).toEqual([]);
  });

  it("a second caller waits for the first, also when the first fails", async () => {
    const { engine, calls } = scripted("ab");
    const bad = engine.generate(request({ ids: [] }));
    const good = engine.generate(request());
    const encoded = engine.encode([1], 0, 1);
    await expect(bad).rejects.toThrow(/no tokens/);
    expect((await good).text).toBe("ab");
    await encoded;
    expect(calls.slice(-3)).toEqual(["clear", "run 1", "take 0 1"]);
  });

  it.each([
    ["no prompt", { ids: [] }, "InputError", /no tokens/],
    ["no room", { maxNewTokens: 0 }, "InputError", /maxNewTokens is 0/],
    ["too long a sink", { sink: Array(1998).fill(1) }, "ContextFullError", /2001 tokens.*2000/],
    ["too many rows", { prefix: [slice(1999)] }, "ContextFullError", /1999 rows.*3 tokens.*2000/],
    ["wrong sampling", { sampling: { temperature: -1 } }, "InputError", /temperature/],
  ])("refuses %s before it starts", async (_, change, name, message) => {
    const { engine, calls } = scripted("");
    const done = engine.generate(request(change as Partial<GenerateRequest>));
    await expect(done).rejects.toThrow(message);
    await expect(done).rejects.toThrow(expect.objectContaining({ name }));
    expect(calls).toEqual([]);
  });
});

function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}
