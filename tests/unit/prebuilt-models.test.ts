/** WebLLM's own list, the real one: what is said of each model on devices that can and cannot run it. */
import * as webLlm from "@mlc-ai/web-llm";
import { describe, expect, it } from "vitest";
import { type GpuOffers, listPrebuilt, removePrebuilt } from "../../src/engine/webllm/prebuilt-models.ts";

const LIMITS = {
  maxBufferSize: 2 ** 30,
  maxStorageBufferBindingSize: 2 ** 30,
  maxComputeWorkgroupStorageSize: 32_768,
  maxStorageBuffersPerShaderStage: 10,
};

function gpu(features: string[] = ["shader-f16"], limits: Partial<typeof LIMITS> = {}): GpuOffers {
  return { features: new Set(features), limits: { ...LIMITS, ...limits } } as unknown as GpuOffers;
}

/** The library's list, with a cache that has these. */
function library(kept: readonly string[] = [], cache: (id: string) => boolean = (id) => kept.includes(id)) {
  const deleted: string[] = [];
  const { prebuiltAppConfig, ModelType } = webLlm;
  const parts = {
    prebuiltAppConfig,
    ModelType,
    hasModelInCache: async (id: string) => cache(id),
    deleteModelAllInfoInCache: async (id: string) => void deleted.push(id),
  };
  return { deleted, library: Promise.resolve(parts) };
}

const LLAMA = "Llama-3.2-1B-Instruct-q4f32_1-MLC";
const HALF = "Llama-3.2-1B-Instruct-q4f16_1-MLC";

async function one(id: string, offers: GpuOffers | undefined) {
  return (await listPrebuilt(offers, library().library)).find((model) => model.id === id);
}

describe("prebuilt-models", () => {
  it("has what answers, with what its configuration states, and nothing that only embeds or sees", async () => {
    const models = await listPrebuilt(gpu(), library([LLAMA]).library);
    expect(models.length).toBeGreaterThan(100);
    expect(models.find(({ id }) => id === LLAMA)).toEqual({
      id: LLAMA,
      memory: 1128.82e6,
      small: true,
      from: ["https://huggingface.co", "https://raw.githubusercontent.com"],
      kept: true,
      obstacle: undefined,
    });
    expect(models.filter(({ kept }) => kept).length).toBe(1);
    expect(models.filter(({ id }) => /arctic-embed|vision/.test(id))).toEqual([]);
  });

  it("says which feature or limit is missing", async () => {
    const all = await listPrebuilt(gpu([]), library().library);
    const half = all.filter(({ obstacle }) => obstacle !== undefined);
    // All that compute in 16 bits, whether their records state it or not.
    expect(half.map(({ id }) => id)).toEqual(all.map(({ id }) => id).filter((id) => /-q\df16/.test(id)));
    expect(new Set(half.map(({ obstacle }) => obstacle))).toEqual(
      new Set(["It needs shader-f16, which the GPU adapter lacks."]),
    );
    const small = await one(LLAMA, gpu([], { maxStorageBufferBindingSize: 2 ** 26 }));
    expect(small!.obstacle).toBe(
      `It needs a maxStorageBufferBindingSize of ${2 ** 27}, and the GPU adapter has ${2 ** 26}.`,
    );
    // What one record asks for itself.
    const asks = webLlm.prebuiltAppConfig.model_list.find((record) => record.buffer_size_required_bytes)!;
    const least = asks.buffer_size_required_bytes!;
    const short = gpu(["shader-f16"], { maxStorageBufferBindingSize: least - 4 });
    const record = { ...asks, model_type: undefined } as unknown as webLlm.ModelRecord;
    const parts = { ...(await library().library), prebuiltAppConfig: { model_list: [record] } };
    expect((await listPrebuilt(short, Promise.resolve(parts)))[0]!.obstacle).toMatch(String(least));
    expect((await one(HALF, undefined))!.obstacle).toMatch(/no WebGPU adapter/);
  });

  it("lists without a cache, and deletes by the list's own words", async () => {
    const refused = library([], () => {
      throw new Error("no caches here");
    });
    expect((await listPrebuilt(gpu(), refused.library)).some(({ kept }) => kept)).toBe(false);
    await removePrebuilt(LLAMA, refused.library);
    expect(refused.deleted).toEqual([LLAMA]);
  });
});
