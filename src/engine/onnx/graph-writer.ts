/**
 * Writes small ONNX graphs: the start-up self-test makes its attention graph with it, and tests make whole
 * models. Only what those need: tensors as constants, nodes with integer and float attributes, no subgraphs.
 */
import { ProtoWriter } from "./protobuf.ts";

/** Element types and their numbers in TensorProto.DataType. */
const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, float16: 10 } as const;
export type ElementType = keyof typeof ELEMENT_TYPES;

/** A number is an integer attribute, an array integers, `{ float }` a float. */
export type Attribute = number | readonly number[] | { readonly float: number };

/** A number is a fixed size, a string the name of one that is known only when the graph runs. */
export type Dimension = number | string;

/** Domain of onnxruntime's own operators: GroupQueryAttention, RotaryEmbedding, MatMulNBits, … */
export const CONTRIB = "com.microsoft";

export class GraphWriter {
  private readonly nodes: ProtoWriter[] = [];
  private readonly constants: ProtoWriter[] = [];
  private readonly inputs: ProtoWriter[] = [];
  private readonly outputs: ProtoWriter[] = [];

  input(name: string, type: ElementType, dims: readonly Dimension[]): string {
    this.inputs.push(valueInfo(name, type, dims));
    return name;
  }

  output(name: string, type: ElementType, dims: readonly Dimension[]): string {
    this.outputs.push(valueInfo(name, type, dims));
    return name;
  }

  /** A tensor that is part of the model. `float16` data are raw 16-bit patterns. */
  constant(name: string, type: ElementType, dims: readonly number[], data: ArrayBufferView): string {
    this.constants.push(tensorProto(name, type, dims, data));
    return name;
  }

  /** A tensor whose data stand in another file beside the model, from `offset`. Both sizes are bytes. */
  external(
    name: string,
    type: ElementType,
    dims: readonly number[],
    place: { readonly location: string; readonly offset: number; readonly length: number },
  ): string {
    const tensor = new ProtoWriter();
    for (const dim of dims) tensor.int(1, dim);
    tensor.int(2, ELEMENT_TYPES[type]).text(8, name);
    for (const [key, value] of Object.entries(place)) {
      tensor.message(13, new ProtoWriter().text(1, key).text(2, String(value)));
    }
    this.constants.push(tensor.int(14, 1));
    return name;
  }

  /** Returns the name of the first output. An empty name leaves an optional input or output out. */
  node(
    operator: string,
    inputs: readonly string[],
    outputs: readonly [string, ...string[]],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = "",
  ): string {
    const name = `${operator}_${this.nodes.length}`;
    this.nodes.push(nodeProto({ name, operator, inputs, outputs, attributes, domain }));
    return outputs[0];
  }

  /** The bytes of a `.onnx` file: IR version 9, operator set 17, contrib operators 1. */
  toBytes(): Uint8Array<ArrayBuffer> {
    const graph = new ProtoWriter();
    for (const node of this.nodes) graph.message(1, node);
    graph.text(2, "graph");
    for (const tensor of this.constants) graph.message(5, tensor);
    for (const value of this.inputs) graph.message(11, value);
    for (const value of this.outputs) graph.message(12, value);
    const standard = new ProtoWriter().text(1, "").int(2, 17);
    const contrib = new ProtoWriter().text(1, CONTRIB).int(2, 1);
    return new ProtoWriter()
      .int(1, 9)
      .text(2, "web-lag")
      .message(7, graph)
      .message(8, standard)
      .message(8, contrib)
      .toBytes();
  }
}

export interface GraphNode {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

/** NodeProto. */
export function nodeProto({ name, operator, inputs, outputs, attributes = {}, domain = "" }: GraphNode) {
  const node = new ProtoWriter();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(3, name).text(4, operator);
  for (const [key, value] of Object.entries(attributes)) node.message(5, attribute(key, value));
  if (domain !== "") node.text(7, domain);
  return node;
}

/** TensorProto with its data in it. */
export function tensorProto(
  name: string,
  type: ElementType,
  dims: readonly number[],
  data: ArrayBufferView,
): ProtoWriter {
  const tensor = new ProtoWriter();
  for (const dim of dims) tensor.int(1, dim);
  tensor.int(2, ELEMENT_TYPES[type]).text(8, name);
  return tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function attribute(name: string, value: Attribute): ProtoWriter {
  const out = new ProtoWriter().text(1, name);
  if (typeof value === "number") return out.int(3, value).int(20, 2);
  if ("float" in value) return out.float(2, value.float).int(20, 1);
  for (const item of value) out.int(8, item);
  return out.int(20, 7);
}

function valueInfo(name: string, type: ElementType, dims: readonly Dimension[]): ProtoWriter {
  const shape = new ProtoWriter();
  for (const dim of dims) {
    shape.message(
      1,
      typeof dim === "number" ? new ProtoWriter().int(1, dim) : new ProtoWriter().text(2, dim),
    );
  }
  const tensorType = new ProtoWriter().int(1, ELEMENT_TYPES[type]).message(2, shape);
  return new ProtoWriter().text(1, name).message(2, new ProtoWriter().message(1, tensorType));
}
