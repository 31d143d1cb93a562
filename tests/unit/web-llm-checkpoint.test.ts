/** The way "checkpoint": what it asks of the library and in which order, by the names that the library itself reads. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Bridge } from "../../src/engine/webllm/bridge.ts";
import { createCheckpointRows } from "../../src/engine/webllm/checkpoint-rows.ts";
import type { RowsMethod } from "../../src/engine/webllm/rows-method.ts";
import { createRotaryTable } from "../../src/kernels/rotary-table.ts";
import { fakeWebLlm, MODEL_ID } from "../support/fake-web-llm.ts";
import { seededSlice } from "../support/kv-rows.ts";

const geometry = { shape: { layers: 2, kvHeads: 2, headDim: 8 }, dtype: "float32" as const, heads: 4 };
const table = createRotaryTable({ headDim: 8, theta: 10, positions: 64 });
const shape = [1, 2, 2, 2, 16, 8];
const part = (group_index: number, layer: number) => ({
  group_index,
  layer_begin: layer,
  layer_end: layer + 1,
  shape,
  dtype: "float32",
});
// Not in the order of the layers.
const PARTS = [part(7, 1), part(4, 0)];

function open(checkpoint: readonly object[] | undefined = PARTS) {
  const fake = fakeWebLlm(checkpoint && { checkpoint });
  const bridge = new Bridge(fake.engine, MODEL_ID);
  fake.calls.length = 0;
  const behind: RowsMethod = {
    name: "fused",
    place: async () => void fake.calls.push("behind"),
    take: async () => seededSlice(geometry.shape, "float32", 1, 1),
  };
  const rows = createCheckpointRows({ bridge, geometry, table }, behind);
  return { ...fake, bridge, rows };
}

describe("web-llm checkpoint", () => {
  test("the names are those that the library reads of its own description", () => {
    const code = readFileSync("node_modules/@mlc-ai/web-llm/lib/index.js", "utf8");
    for (const name of ["group_index", "layer_begin", "layer_end"]) expect(code).toContain(`value.${name}`);
  });

  test("is there where a library has its functions", () => {
    expect([open().bridge.hasCheckpoints, new Bridge(fakeWebLlm().engine, MODEL_ID).hasCheckpoints]).toEqual([
      true,
      false,
    ]);
  });

  test("a description gives its parts in the order of their layers", () => {
    const { bridge } = open();
    const { text, groups } = bridge.describeCheckpoint();
    expect(JSON.parse(text)).toEqual({ seq_length: 0, groups: PARTS });
    expect(groups.map(({ id, first, end }) => [id, first, end])).toEqual([
      [4, 0, 1],
      [7, 1, 2],
    ]);
  });

  test("an import fills the tensors first, then hands each to its own part, and counts the rows", async () => {
    const { bridge, calls, pipeline } = open();
    bridge.reserve(20);
    const checkpoint = bridge.describeCheckpoint();
    bridge.drop(20);
    calls.length = 0;
    await bridge.importCheckpoint(checkpoint, 20, async (blocks) => {
      calls.push(`fill ${blocks.length}`);
    });
    expect(calls).toEqual([
      "flush",
      "fill 2",
      `prepare sequence 0 as ${checkpoint.text}`,
      "import group 4 from tensor 0",
      "import group 7 from tensor 1",
      "finish",
      "flush",
    ]);
    expect(JSON.parse(checkpoint.text).seq_length).toBe(20);
    expect(pipeline.filledKVCacheLength).toBe(20);
  });

  test("an export submits what was gathered before the tensors are read", async () => {
    const { bridge, calls } = open();
    const { groups } = bridge.describeCheckpoint();
    calls.length = 0;
    await bridge.exportCheckpoint(groups, async () => void calls.push("read"));
    expect(calls).toEqual([
      "export group 4 of sequence 0 into tensor 0",
      "export group 7 of sequence 0 into tensor 1",
      "flush",
      "read",
    ]);
  });

  test("rows behind others go another way: an import would replace those", async () => {
    const { bridge, rows, calls } = open();
    bridge.reserve(1);
    calls.length = 0;
    await rows.place([seededSlice(geometry.shape, "float32", 3, 1)]);
    expect(calls).toEqual(["behind"]);
  });

  const refused = {
    "parts by other names": [
      [{ ...part(0, 0), group_index: undefined, group_id: 0 }],
      /expected group_index/,
    ],
    "two layers in one part": [[{ ...part(0, 0), layer_end: 2 }], /checkpoints have 1 tensors/],
    "a layer that is missing": [[part(0, 0), part(1, 2)], /expected one for each of 2 layers/],
    "other heads": [[part(0, 0), { ...part(1, 1), shape: [1, 2, 2, 4, 16, 8] }], /expected one for each/],
    "another type": [[part(0, 0), { ...part(1, 1), dtype: "float16" }], /expected one for each/],
  } as const;
  for (const [name, [parts, message]] of Object.entries(refused)) {
    test(`${name} are refused before anything is read`, async () => {
      const { rows } = open(parts);
      await expect(rows.take(0, 1)).rejects.toMatchObject({
        name: "ModelUnsupportedError",
        message: expect.stringMatching(message),
      });
    });
  }
});
