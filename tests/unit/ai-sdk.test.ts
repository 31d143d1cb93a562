/** The AI SDK's view: what a call becomes, and the parts that come back. Types hold that both versions are kept. */
import type {
  LanguageModelV3,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  ProviderV3,
  ProviderV4,
} from "@ai-sdk/provider";
import { describe, expect, expectTypeOf, it } from "vitest";
import { createLagProvider, createLagProviderV3 } from "../../src/ai-sdk/provider.ts";
import { fakeClient } from "../../src/testing/fake-client.ts";

const CORPUS = [{ title: "Ada Mora", text: "Ada Mora was born in Velin." }];
const SAID = "Born in Velin. <ans> Velin </ans>";
const provider = () => createLagProvider({ client: fakeClient({ says: [SAID] }), corpus: CORPUS });
const call = (text: string, more: Partial<LanguageModelV4CallOptions> = {}): LanguageModelV4CallOptions => ({
  prompt: [{ role: "user", content: [{ type: "text", text }] }],
  ...more,
});

describe("AI SDK provider", () => {
  it("keeps to the specifications of both versions", () => {
    const v4 = provider();
    const v3 = createLagProviderV3({ client: fakeClient({ says: [SAID] }) });
    expectTypeOf(v4).toExtend<ProviderV4>();
    expectTypeOf(v3).toExtend<ProviderV3>();
    expectTypeOf(v4("m")).toEqualTypeOf<LanguageModelV4>();
    expectTypeOf(v3("m")).toEqualTypeOf<LanguageModelV3>();
    expect([v4("m/").specificationVersion, v3.languageModel("m/").specificationVersion]).toEqual([
      "v4",
      "v3",
    ]);
    expect(v4("m/")).toMatchObject({ provider: "web-lag", modelId: "m/", supportedUrls: {} });
    expect(() => v4.embeddingModel("e")).toThrow(/no embedding model e/);
  });

  it("generates, and says what came from logs", async () => {
    const model = provider()("m/");
    await model.doGenerate(call("Where was Ada Mora born?"));
    const { content, finishReason, usage, providerMetadata, warnings, response } = await model.doGenerate(
      call("Ada Mora's place of birth?", { providerOptions: { lag: { logsPerStep: 1 } } }),
    );
    expect(content).toEqual([
      { type: "reasoning", text: SAID },
      { type: "text", text: "Velin" },
    ]);
    expect(finishReason).toEqual({ unified: "stop", raw: "stop" });
    const { total, noCache, cacheRead } = usage.inputTokens;
    expect(cacheRead).toBeGreaterThan(0);
    expect(noCache! + cacheRead!).toBe(total);
    expect(usage.outputTokens.total).toBe(SAID.length);
    expect(providerMetadata!.lag).toMatchObject({
      steps: 1,
      outcome: "answered",
      logs: [{ rows: cacheRead }],
    });
    expect(warnings).toEqual([]);
    expect(response).toMatchObject({ modelId: "fake" });
  });

  it("streams parts in their order", async () => {
    const { stream } = await provider()("m/").doStream(call("Where was Ada Mora born?"));
    const types: string[] = [];
    let text = "";
    for await (const part of stream as unknown as AsyncIterable<{ type: string; delta?: string }>) {
      types.push(part.type);
      if (part.type === "text-delta") text += part.delta;
    }
    expect(types).toEqual([
      "stream-start",
      "response-metadata",
      "reasoning-start",
      "reasoning-delta",
      "reasoning-end",
      "text-start",
      "text-delta",
      "text-end",
      "finish",
    ]);
    expect(text).toBe("Velin");
  });

  it("warns of what it does not honour", async () => {
    const { warnings } = await provider()("m/").doGenerate({
      prompt: [
        { role: "system", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "Where?" },
            {
              type: "file",
              mediaType: "image/png",
              data: { type: "url", url: new URL("https://a.example/x.png") },
            },
          ],
        },
      ],
      stopSequences: ["."],
      tools: [],
      responseFormat: { type: "json" },
    });
    expect(warnings).toEqual([
      { type: "unsupported", feature: "stopSequences" },
      { type: "unsupported", feature: "responseFormat json" },
      { type: "unsupported", feature: "file in a message" },
      { type: "other", message: expect.stringMatching(/^1 message was not shown/) },
    ]);
  });

  it("gives an error as the stream's last part, and tries a failed load again", async () => {
    let works = false;
    const client = fakeClient({ says: [SAID] });
    const load = client.load;
    const flaky = createLagProvider({
      client: {
        ...client,
        load: (options) => (works ? load(options) : Promise.reject(new Error("No network."))),
      },
    })("m/");
    await expect(flaky.doGenerate(call("?"))).rejects.toThrow("No network.");
    works = true;
    const { stream } = await flaky.doStream(call("?", { maxOutputTokens: 0 }));
    const parts: { type: string; error?: unknown }[] = [];
    for await (const part of stream as unknown as AsyncIterable<(typeof parts)[0]>) parts.push(part);
    expect(parts.at(-1)).toMatchObject({ type: "error", error: { name: "InputError" } });
  });
});
