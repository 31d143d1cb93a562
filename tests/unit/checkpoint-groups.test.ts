import { describe, expect, it } from "vitest";
import { groupsOf } from "../../src/engine/webllm/checkpoint-groups.ts";

const group = (id: number, first: number) => ({
  group_index: id,
  layer_begin: first,
  layer_end: first + 2,
  shape: [3, 2, 4],
  dtype: "float32",
});

describe("groupsOf", () => {
  it("gives the tensors in the order of their layers", () => {
    const groups = groupsOf(JSON.stringify({ groups: [group(1, 2), group(0, 0)] }));
    expect(groups.map(({ id, first, end }) => [id, first, end])).toEqual([
      [0, 0, 2],
      [1, 2, 4],
    ]);
  });

  it.each([
    ["no JSON", /describes a checkpoint as "no JSON", expected JSON with a list of groups/],
    ["null", /a list of groups/],
    ["{}", /a list of groups/],
    [JSON.stringify({ groups: [{ ...group(0, 0), dtype: 4 }] }), /a part of a checkpoint as .*"dtype":4/],
  ])("refuses what is told otherwise: %s", (text, message) => {
    expect(() => groupsOf(text)).toThrow(message);
  });
});
