/** What a device has room for, as far as its browser tells, and which model is named in the place of one that is too large. */
import { describe, expect, it } from "vitest";
import { testedThatFits, variantThatFits } from "../../src/app/models/that-fits.ts";
import { guessedNeed, needOf, needOfWebLlm } from "../../src/client/memory-need.ts";
import { listPrebuilt } from "../../src/engine/webllm/prebuilt-models.ts";
import type { PlannedVariant } from "../../src/hub/plan-model.ts";
import { TESTED_MODELS } from "../../src/hub/tested-models.ts";
import { fits, roomOf } from "../../src/terms/memory-room.ts";

const GIB = 2 ** 30;
const told = (deviceMemory?: number, maxBufferSize?: number) => ({ deviceMemory, maxBufferSize });

describe("room", () => {
  it("is half of what there is; where the browser says the most that it ever says, there may be more", () => {
    expect(roomOf(told(4))).toBe(2 * GIB);
    expect(roomOf(told(0.25, 4 * GIB))).toBe(GIB / 8);
    expect(roomOf(told(8))).toBe(8 * GIB);
    expect(roomOf(told(32))).toBe(32 * GIB);
  });

  it("is reckoned from the GPU's largest buffer where the browser does not tell, and unknown without a GPU", () => {
    expect(roomOf(told(undefined, GIB))).toBe(2 * GIB);
    expect(roomOf(told())).toBeUndefined();
  });

  it("refuses nothing where need or room is unknown", () => {
    expect(fits(3, 2)).toBe(false);
    expect(fits(2, 2)).toBe(true);
    expect(fits(undefined, 2)).toBe(true);
    expect(fits(3, undefined)).toBe(true);
  });
});

describe("a model that fits", () => {
  const variant = (name: string, total: number, obstacle?: string) =>
    ({ name, memory: { total }, obstacle }) as unknown as PlannedVariant;
  const plan = {
    variants: [variant("fp32", 40), variant("q4", 10), variant("int8", 20), variant("q4f16", 5, "no f16")],
    suggested: "fp32",
  };

  it("is the variant that suits the device, else the largest that fits and runs, else the first again", () => {
    expect(variantThatFits(plan, undefined)?.name).toBe("fp32");
    expect(variantThatFits(plan, 40)?.name).toBe("fp32");
    expect(variantThatFits(plan, 39)?.name).toBe("int8");
    expect(variantThatFits(plan, 19)?.name).toBe("q4");
    expect(variantThatFits(plan, 9)?.name).toBe("fp32");
    expect(variantThatFits({ ...plan, suggested: undefined }, 9)).toBeUndefined();
  });

  it("is one of the tested list, the largest that fits with its weights there twice", () => {
    expect(testedThatFits(TESTED_MODELS, "wasm", roomOf(told(2))!)).toBe("Qwen2.5 0.5B Instruct");
    expect(testedThatFits(TESTED_MODELS, "wasm", roomOf(told(1))!)).toBe("SmolLM2 135M Instruct");
    expect(testedThatFits(TESTED_MODELS, "wasm", roomOf(told(0.5))!)).toBeUndefined();
  });
});

describe("need of WebLLM's models", () => {
  it("is what WebLLM's own list states, however far a guess would be off", async () => {
    for (const { id, memory } of await listPrebuilt(undefined)) {
      expect(await needOfWebLlm(id), id).toBe(memory);
    }
    const [phi, gemma] = ["phi-1_5-q4f16_1-MLC", "gemma-2b-it-q4f16_1-MLC"];
    expect(await needOfWebLlm(phi)).toBe(1210.09e6);
    expect(guessedNeed(phi)).toBeUndefined();
    expect((await needOf(`web-llm:${gemma}`)).need).not.toBe(guessedNeed(gemma));
  });

  it("is kept as the installed list states it: `npx vitest run --project unit -u` writes it anew", async () => {
    const stated = (await listPrebuilt(undefined)).flatMap(({ id, memory }) =>
      memory === undefined ? [] : [[id, memory / 1e6]],
    );
    await expect(`${JSON.stringify(Object.fromEntries(stated), null, 2)}\n`).toMatchFileSnapshot(
      "../../src/client/web-llm-memory.json",
    );
  });

  // vram_required_MB of its own list, in bytes.
  it.each([
    ["Llama-3.2-3B-Instruct-q4f16_1-MLC", 2.26e9],
    ["Hermes-3-Llama-3.1-8B-q4f16_1-MLC", 4.88e9],
    ["Llama-3-70B-Instruct-q3f16_1-MLC", 31.2e9],
    ["SmolLM2-360M-Instruct-q0f16-MLC", 0.87e9],
    ["Qwen2.5-0.5B-Instruct-q0f16-MLC", 1.62e9],
    ["Ministral-3-3B-Instruct-2512-BF16-q4f16_1-MLC", 2.86e9],
  ])("of a model like %s that no list has is guessed about right", (id, listed) => {
    const need = guessedNeed(id)!;
    expect(need / listed).toBeGreaterThan(0.7);
    expect(need / listed).toBeLessThan(1.4);
  });

  it("of a model that no list has is unknown where the id does not say it, and else about what the id says", async () => {
    for (const id of ["some-model-q4f16_1-MLC", "some-model-7B", "vicuna"])
      expect(await needOfWebLlm(id), id).toBeUndefined();
    const own = "Our-8B-q4f16_1-MLC";
    expect((await needOf(`web-llm:${own}?model=https://a.example/m&lib=https://a.example/l`)).need).toBe(
      guessedNeed(own),
    );
  });
});
