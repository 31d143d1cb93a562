/** Where logs stand: what comes before them, behind them, and what is refused. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { place } from "../../src/compose/placements/placement.ts";
import { PROMPT_PLACEMENTS } from "../../src/compose/placements/prompt-placements.ts";
import { createChatTemplate } from "../../src/engine/chat-template.ts";
import { createTokenizer } from "../../src/engine/tokenizer.ts";
import { PLACEMENTS } from "../../src/terms/layout.ts";
import { sliceFor } from "../../src/testing/scripted-engine.ts";
import { givenPaths, readGiven } from "../support/given-files.ts";

const { front, "sink-first": sinkFirst } = PROMPT_PLACEMENTS;

/** An engine that composes by this chat template. */
function composer(template: string, file: object) {
  const tokenizer = createTokenizer(file, {});
  const chat = createChatTemplate(template, {}, tokenizer);
  return { tokenizer, composeChat: chat.compose };
}
const EMBEDDED = JSON.parse(readFileSync("public/models/embedded/tokenizer.json", "utf8"));
const CONFIG = JSON.parse(readFileSync("public/models/embedded/tokenizer_config.json", "utf8"));

describe("placements", () => {
  it("every placement has its file under its own name", () => {
    expect(Object.keys(PROMPT_PLACEMENTS)).toEqual([...PLACEMENTS]);
    for (const name of PLACEMENTS) expect(PROMPT_PLACEMENTS[name].name).toBe(name);
  });

  it("front: nothing stands before the logs", () => {
    expect(front.sinkOf(composer(CONFIG.chat_template, EMBEDDED))).toEqual([]);
    const pieces = [
      { prefix: [sliceFor([1, 2])], ids: [] },
      { prefix: [], ids: [7, 8] },
      { prefix: [sliceFor([3])], ids: [] },
    ];
    expect(place(pieces, [5, 6], [])).toEqual({
      sink: [],
      prefix: [sliceFor([1, 2]), sliceFor([3])],
      ids: [7, 8, 5, 6],
    });
  });

  it("sink-first: all prompts of a model begin alike, and logs stand behind that", () => {
    const { tokenizer, composeChat } = composer(CONFIG.chat_template, EMBEDDED);
    const sink = sinkFirst.sinkOf({ composeChat });
    expect(sink).toEqual(["<|begin_of_text|>", "<|user|>"].map((token) => tokenizer.idOf(token)));
    for (const content of ["0?", "?0", "Question: who?", " 0"]) {
      const prompt = composeChat([{ role: "user", content }]);
      expect(place([{ prefix: [], ids: [7] }], prompt, sink)).toEqual({
        sink,
        prefix: [],
        ids: [7, ...prompt.slice(2)],
      });
    }
  });

  it("a template's own words and a system prompt of its own are part of the sink", () => {
    const template =
      "{{ 'Rules: be brief.\\n' }}{% for m in messages %}{{ 'Asks: ' + m.content + '\\n' }}{% endfor %}";
    const { tokenizer, composeChat } = composer(template, EMBEDDED);
    expect(tokenizer.decode(sinkFirst.sinkOf({ composeChat }))).toBe("Rules: be brief.\nAsks: ");
  });

  it("of a template that begins with the message nothing is shared", () => {
    const { composeChat } = composer("{% for m in messages %}{{ m.content }}{% endfor %}", EMBEDDED);
    expect(sinkFirst.sinkOf({ composeChat })).toEqual([]);
  });

  it("is found once for an engine that is open", () => {
    const real = composer(CONFIG.chat_template, EMBEDDED);
    let composed = 0;
    const engine = {
      composeChat: (messages: Parameters<typeof real.composeChat>[0]) => {
        composed++;
        return real.composeChat(messages);
      },
    };
    expect(sinkFirst.sinkOf(engine)).toBe(sinkFirst.sinkOf(engine));
    expect(composed).toBe(2);
  });

  it("a prompt that begins otherwise is refused", () => {
    expect(() => place([], [1, 3, 4], [1, 2])).toThrowError(
      expect.objectContaining({ name: "ModelUnsupportedError", message: expect.stringContaining("front") }),
    );
    expect(() => place([], [1], [1, 2])).toThrow(/begin all prompts alike/);
  });

  const given = givenPaths("tokenizers/qwen").filter((path) => path.endsWith("/tokenizer_config.json"));
  if (given.length === 0) {
    console.warn("sinks of real chat templates: not run, data absent");
    it.skip("sinks of real chat templates (not run: data absent)", () => {});
  }
  it.each(given)("%s: the sink ends with the head of the user's turn", async (path) => {
    const read = async (file: string) => JSON.parse(new TextDecoder().decode(await readGiven(file)));
    const { tokenizer, composeChat } = composer(
      (await read(path)).chat_template,
      await read(path.replace("_config", "")),
    );
    const sink = sinkFirst.sinkOf({ composeChat });
    const head = tokenizer.template("<|im_start|>user\n");
    expect(sink.slice(-head.length)).toEqual(head);
    expect(composeChat([{ role: "user", content: "Question: who?" }]).slice(0, sink.length)).toEqual(sink);
  });
});
