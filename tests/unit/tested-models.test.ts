/** The list of tested models says nothing that the code would not do. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DEVICE_CLASSES, suggestedOf } from "../../src/hub/choose-variant.ts";
import { readHubAddress } from "../../src/hub/hub-address.ts";
import { TESTED_EMBEDDERS, TESTED_MODELS } from "../../src/hub/tested-models.ts";
import { type VariantName, variantsOf } from "../../src/hub/variants.ts";

const ENDINGS: Partial<Record<VariantName, string>> = { fp32: "", q8: "_quantized" };

describe("tested-models", () => {
  it("has the models that people ask for first", () => {
    const names = TESTED_MODELS.map(({ id }) => id).join(" ");
    for (const wanted of [
      "SmolLM2-135M",
      "SmolLM2-360M",
      "Qwen2.5-0.5B",
      "Qwen2.5-1.5B",
      "Llama-3.2-1B",
      "Qwen3-0.6B",
    ]) {
      expect(names).toContain(wanted);
    }
  });

  it.each(TESTED_MODELS)("$id: what each device gets is what the code suggests of its files", (model) => {
    expect(readHubAddress(model)).toMatchObject({ id: model.id, revision: "main" });
    const files = Object.entries(model.bytes).map(([name, size]) => ({
      path: `onnx/model${ENDINGS[name as VariantName] ?? `_${name}`}.onnx`,
      size,
    }));
    const variants = variantsOf(files);
    expect(variants.length).toBe(files.length);
    for (const device of DEVICE_CLASSES) {
      expect(suggestedOf(variants, device), device).toBe(model.variants[device]);
    }
  });

  it.each(TESTED_MODELS)(
    "$id: geometry that fits together, and a word on where each fact is from",
    (model) => {
      const { heads, kvHeads, headDim } = model.geometry;
      expect(heads % kvHeads).toBe(0);
      expect(headDim % 2).toBe(0);
      expect(Object.keys(model.verified).sort()).toEqual([
        "bytes",
        "commitSeen",
        "geometry",
        "licence",
        "weights",
      ]);
      expect(model.commitSeen).toMatch(/^[0-9a-f]{7,40}$/);
    },
  );

  it("has the embedders that people ask for, with what each device's memory has to hold of them", () => {
    const names = TESTED_EMBEDDERS.map(({ id }) => id.split("/")[1]);
    const arctic = ["xs", "s", "m-v2.0"].map((size) => `snowflake-arctic-embed-${size}`);
    expect(names).toEqual([...arctic, "all-MiniLM-L6-v2", "bge-small-en-v1.5", "gte-small"]);
    for (const { id, revision, dimension, parameters, tokens, pooling } of TESTED_EMBEDDERS) {
      expect(readHubAddress({ id, revision }).id).toBe(id);
      expect([dimension % 8, tokens >= 256, parameters > 0]).toEqual([0, true, true]);
      expect(["mean", "cls"]).toContain(pooling);
    }
  });

  it("the page of documentation names each", () => {
    const page = readFileSync(new URL("../../docs/models.md", import.meta.url), "utf8");
    for (const { id, licence } of [...TESTED_MODELS, ...TESTED_EMBEDDERS]) {
      expect(page).toContain(id);
      expect(page).toContain(licence);
    }
  });
});
