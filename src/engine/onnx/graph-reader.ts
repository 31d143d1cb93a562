/** What stands in the file of an ONNX model, as far as rewriting a graph needs it: nodes, values' shapes, field by field. */
import type { Dimension } from "./graph-writer.ts";
import { type ProtoField, readFields } from "./protobuf.ts";

/** Field numbers of ModelProto and GraphProto. */
export const MODEL = { operatorSet: 8, graph: 7 } as const;
export const GRAPH = { node: 1, constant: 5, input: 11 } as const;

const utf8 = new TextDecoder();

export interface NodeRead {
  /** Empty where it has none. */
  readonly name: string;
  readonly operator: string;
  /** Empty where an optional one is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain: string;
  /** Integers and floats; others are not read. */
  readonly attributes: ReadonlyMap<string, number>;
}

export function readNode(bytes: Uint8Array): NodeRead {
  const fields = [...readFields(bytes)];
  return {
    name: textOf(fields, 3) ?? "",
    operator: textOf(fields, 4) ?? "",
    inputs: textsOf(fields, 1),
    outputs: textsOf(fields, 2),
    domain: textOf(fields, 7) ?? "",
    attributes: new Map(fields.filter(({ field }) => field === 5).map(({ value }) => readAttribute(value!))),
  };
}

function readAttribute(bytes: Uint8Array): [string, number] {
  const fields = [...readFields(bytes)];
  const float = fields.find(({ field }) => field === 2)?.float;
  const int = fields.find(({ field }) => field === 3)?.int;
  return [textOf(fields, 1) ?? "", float ?? Number(int ?? 0n)];
}

/** The operator only: most nodes are not read further. */
export function operatorOf(node: Uint8Array): string {
  return textOf([...readFields(node)], 4) ?? "";
}

export interface ValueRead {
  readonly name: string;
  /** Number of the element type in TensorProto.DataType. */
  readonly type: number;
  readonly dims: readonly Dimension[];
}

/** A ValueInfoProto: an input or output of the graph. */
export function readValue(bytes: Uint8Array): ValueRead {
  const fields = [...readFields(bytes)];
  const tensor = [...readFields(within(within(bytes, 2), 1))];
  const shape = tensor.find(({ field }) => field === 2)?.value ?? new Uint8Array();
  return {
    name: textOf(fields, 1) ?? "",
    type: Number(tensor.find(({ field }) => field === 1)?.int ?? 0n),
    dims: [...readFields(shape)].map(({ value }) => dimensionOf([...readFields(value!)])),
  };
}

function dimensionOf(fields: readonly ProtoField[]): Dimension {
  const size = fields.find(({ field }) => field === 1)?.int;
  return size === undefined ? (textOf(fields, 2) ?? "?") : Number(size);
}

/** Name and sizes of a TensorProto, without its data. */
export function readTensorShape(bytes: Uint8Array): { readonly name: string; readonly dims: number[] } {
  const fields = [...readFields(bytes)];
  const dims = fields.flatMap(({ field, int, value }) => {
    if (field !== 1) return [];
    return int === undefined ? packedInts(value!) : [Number(int)];
  });
  return { name: textOf(fields, 8) ?? "", dims };
}

function packedInts(bytes: Uint8Array): number[] {
  const out: number[] = [];
  let [value, scale] = [0, 1];
  for (const byte of bytes) {
    value += (byte & 127) * scale;
    scale *= 128;
    if (byte >= 128) continue;
    out.push(value);
    [value, scale] = [0, 1];
  }
  return out;
}

function within(bytes: Uint8Array, wanted: number): Uint8Array {
  for (const { field, value } of readFields(bytes)) if (field === wanted && value) return value;
  return new Uint8Array();
}

function textOf(fields: readonly ProtoField[], wanted: number): string | undefined {
  return textsOf(fields, wanted)[0];
}

function textsOf(fields: readonly ProtoField[], wanted: number): string[] {
  return fields.flatMap(({ field, value }) => (field === wanted && value ? [utf8.decode(value)] : []));
}
