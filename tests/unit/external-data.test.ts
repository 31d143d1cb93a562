/** The ONNX reader and writer: names of external files, and files that are cut off. */
import { describe, expect, it } from "vitest";
import { externalFiles } from "../../src/engine/onnx/external-data.ts";
import { ProtoWriter, readFields } from "../../src/engine/onnx/protobuf.ts";
import { buildModel, randomWeights, TINY } from "../support/tiny-model.ts";

function tensorOutside(location: string): ProtoWriter {
  const entry = (key: string, value: string) => new ProtoWriter().text(1, key).text(2, value);
  return new ProtoWriter()
    .text(8, "weight")
    .message(13, entry("offset", "0"))
    .message(13, entry("location", location));
}

describe("protobuf", () => {
  it("reads back what was written", () => {
    const inner = new ProtoWriter().text(1, "é").int(2, -1);
    const bytes = new ProtoWriter().int(1, 300).float(2, 1.5).message(16, inner).toBytes();
    const fields = [...readFields(bytes)];
    expect(fields.map(({ field }) => field)).toEqual([1, 2, 16]);
    expect([...readFields(fields[2]!.value!)][0]!.value).toEqual(new TextEncoder().encode("é"));
  });

  it("writes numbers as the format says", () => {
    expect([...new ProtoWriter().int(1, 300).toBytes()]).toEqual([0x08, 0xac, 0x02]);
    expect([...new ProtoWriter().int(1, -1).toBytes()]).toEqual([0x08, ...new Array(9).fill(0xff), 0x01]);
  });
});

describe("external-data", () => {
  it("names each file once", () => {
    const graph = new ProtoWriter();
    for (const file of ["model.onnx_data", "model.onnx_data_1", "model.onnx_data"])
      graph.message(5, tensorOutside(file));
    const model = new ProtoWriter().int(1, 9).message(7, graph).toBytes();
    expect(externalFiles(model, "model.onnx")).toEqual(["model.onnx_data", "model.onnx_data_1"]);
  });

  it("a model that holds its own weights has none", () => {
    expect(externalFiles(buildModel(TINY, randomWeights(TINY)), "model.onnx")).toEqual([]);
  });

  it.each([
    ["cut in half", (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2)],
    ["a page", () => new TextEncoder().encode("<!doctype html><title>Not found</title>")],
    ["empty", () => new Uint8Array()],
  ])("refuses a file that is %s, by name", (_, spoil) => {
    const bytes = spoil(buildModel(TINY, randomWeights(TINY)));
    expect(() => externalFiles(bytes, "models/x/onnx/model.onnx")).toThrow(
      /models\/x\/onnx\/model\.onnx.*Download/,
    );
  });
});
