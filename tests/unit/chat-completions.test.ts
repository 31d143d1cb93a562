/** Chat completions and the fake that they are tested with: the real loop, bank and retrieval, in memory. */
import { describe, expect, it } from "vitest";
import type { ChatCompletionChunk } from "../../src/api/chat-types.ts";
import { createLag } from "../../src/api/lag.ts";
import { fakeClient } from "../../src/testing/fake-client.ts";

const CORPUS = [
  { title: "The Lamp", text: "The Lamp was directed by Ada Mora." },
  { title: "Ada Mora", text: "Ada Mora was born in Velin." },
];
const SAYS = [
  "The director is Ada Mora. <keywords> Ada Mora </keywords>",
  "Born in Velin. <ans> Velin </ans>",
];
const ask = (content: string) => [{ role: "user" as const, content }];
const QUESTION = "Where was the director of The Lamp born?";

const open = (says: Parameters<typeof fakeClient>[0]["says"], corpus: typeof CORPUS | null = CORPUS) =>
  createLag("models/fake/", { client: fakeClient({ says }), ...(corpus && { corpus }) });

async function read(chunks: AsyncIterable<ChatCompletionChunk>) {
  const all: ChatCompletionChunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const joined = (field: "content" | "reasoning_content") =>
    all.map(({ choices }) => choices[0]?.delta[field] ?? "").join("");
  return { all, content: joined("content"), reasoning: joined("reasoning_content") };
}

describe("chat completions", () => {
  it("give the answer, the way to it, and what it left", async () => {
    const { chat, client } = await open(SAYS);
    const said = await chat.completions.create({ messages: ask(QUESTION) });
    expect(said).toMatchObject({ object: "chat.completion", model: "fake" });
    expect(said.choices[0]).toMatchObject({
      finish_reason: "stop",
      message: { role: "assistant", content: "Velin", reasoning_content: SAYS.join("\n\n") },
    });
    expect(said.usage.prompt_tokens_details.cached_tokens).toBe(0);
    expect(said.usage.completion_tokens).toBe(SAYS.join("").length);
    expect(said.lag).toMatchObject({ logs: [], steps: 2, outcome: "answered", notices: [] });
    expect((await client.listLogs()).map(({ id }) => id)).toEqual([said.lag.log_id]);
  });

  it("count the rows of logs, and name the logs", async () => {
    const { chat, client } = await open([...SAYS, SAYS[1]!]);
    const first = await chat.completions.create({ messages: ask(QUESTION) });
    const again = await chat.completions.create({ messages: ask("The director of The Lamp, born where?") });
    const [log] = await client.listLogs().then((logs) => logs.filter(({ id }) => id === first.lag.log_id));
    const rows = log!.slices.kv!.tokens;
    expect(rows).toBeGreaterThan(0);
    expect(again.lag.logs).toMatchObject([{ id: first.lag.log_id, question: QUESTION, rows }]);
    expect(again.usage.prompt_tokens_details.cached_tokens).toBe(rows);
    expect(again.usage.prompt_tokens).toBeGreaterThan(rows);
    const asText = await chat.completions.create({ messages: ask(QUESTION), lag: { mode: "text-last" } });
    expect(asText.lag.logs.length).toBeGreaterThan(0);
    expect(asText.usage.prompt_tokens_details.cached_tokens).toBe(0);
  });

  it("stream the way as it is said and the answer when it is certain, then usage", async () => {
    const { chat } = await open(SAYS);
    const stream = await chat.completions.create({
      messages: ask(QUESTION),
      stream: true,
      stream_options: { include_usage: true },
    });
    const { all, content, reasoning } = await read(stream);
    expect(content).toBe("Velin");
    expect(reasoning).toBe(SAYS.join("\n\n"));
    expect(all.at(-2)).toMatchObject({ choices: [{ finish_reason: "stop" }], lag: { steps: 2 } });
    expect(all.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens_details: { cached_tokens: 0 } } });
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  });

  it("without documents answer in one reply, with earlier turns in the prompt", async () => {
    const prompts: string[] = [];
    const { chat } = await open(({ prompt }) => {
      prompts.push(prompt);
      return " Hello again. ";
    }, null);
    const messages = [
      { role: "system" as const, content: "Be brief." },
      ...ask("My name is Ada."),
      { role: "assistant" as const, content: "Hello, Ada." },
      ...ask("And now?"),
    ];
    const { content, reasoning, all } = await read(await chat.completions.create({ messages, stream: true }));
    expect([content, reasoning]).toEqual(["Hello again.", ""]);
    expect(prompts[0]).toContain("My name is Ada.");
    expect(all.at(-1)!.lag!.notices[0]).toMatchObject({ code: "messages-left-out", text: /^1 message was/ });
  });

  it("end the task of a stream that is no longer read, or is stopped", async () => {
    let go = () => {};
    const waiting = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { chat, client } = await open(() => waiting.then(() => SAYS[1]!));
    const request = { messages: ask(QUESTION), stream: true } as const;
    for await (const _ of await chat.completions.create(request)) break;
    const stop = new AbortController();
    const stopped = read(await chat.completions.create(request, { signal: stop.signal }));
    stop.abort();
    go();
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
    expect(await client.listLogs()).toEqual([]);
  });

  it.each([
    [{ messages: [] }, /^messages is empty/],
    [{ messages: [{ role: "assistant", content: "Hi" }] }, /^messages\[0\] is of role "assistant"/],
    [
      { messages: [{ role: "user", content: [{ type: "image_url" }] }] },
      /content\[0\] is of type "image_url"/,
    ],
    [{ messages: ask("?"), n: 2 }, /^n is 2/],
    [{ messages: ask("?"), tools: [{}] }, /^tools is/],
    [{ messages: ask("?"), max_tokens: 0 }, /^maxNewTokens is 0/],
  ])("refuse %j", async (request, message) => {
    const { chat } = await open(SAYS);
    await expect(chat.completions.create(request as never)).rejects.toMatchObject({
      name: "InputError",
      message: expect.stringMatching(message),
    });
  });
});

describe("the fake client", () => {
  it("needs a load, dies when it is killed, and works again", async () => {
    const deaths: string[] = [];
    let go = (_: string) => {};
    const client = fakeClient({
      says: ({ call }) => (call === 1 ? new Promise<string>((resolve) => (go = resolve)) : SAYS[1]!),
      onDeath: ({ name }) => deaths.push(name),
    });
    await expect(client.ask({ question: QUESTION })).rejects.toThrow(/Call load\(\) first/);
    await client.load({ modelUrl: "x", backend: "auto" });
    const lost = client.ask({ question: QUESTION });
    client.kill();
    await expect(lost).rejects.toMatchObject({ name: "WorkerDiedError" });
    expect(deaths).toEqual(["WorkerDiedError"]);
    expect(await client.ask({ question: QUESTION })).toMatchObject({ answer: "Velin" });
    go(SAYS[1]!);
  });
});
