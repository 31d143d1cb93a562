/**
 * Rewrites GroupQueryAttention into plain operators, for wasm. onnxruntime-web's own kernel takes most of a prefill
 * there, several times as long as the same arithmetic as matrix products and a softmax (`npm run bench -- attention`).
 * Inputs and outputs of the graph stay what they were, and so do the rows: rotated keys, the present behind the past.
 *
 * Can be deleted when the bench says that the library's kernel is as fast.
 */
import {
  GRAPH,
  MODEL,
  type NodeRead,
  operatorOf,
  readNode,
  readTensorShape,
  readValue,
} from "./graph-reader.ts";
import { type Attribute, CONTRIB, type GraphNode, nodeProto, tensorProto } from "./graph-writer.ts";
import { ProtoWriter, readFields } from "./protobuf.ts";

/** Before this version of the standard operators their axes were attributes. */
const OLDEST_OPERATORS = 13;
const FLOAT32 = 1;
/** Attributes that change nothing while they have this value. */
const NEUTRAL = { local_window_size: -1, softcap: 0, smooth_softmax: 0, qk_output: 0 };
/** Adds nothing to a softmax; infinity would make a NaN of a row that sees nothing. */
const HIDDEN = -3.4e38;

/** Nodes that do what is not rewritten (windows, sinks, biases, 16 bits) stay as they are. The batch is one sequence. */
export function withPlainAttention(model: Uint8Array): Uint8Array {
  const fields = [...readFields(model)];
  const graph = fields.find(({ field }) => field === MODEL.graph)?.value;
  if (graph === undefined || standardVersion(model) < OLDEST_OPERATORS) return model;
  const rewritten = rewriteGraph(graph);
  if (rewritten === undefined) return model;
  const out = new ProtoWriter();
  for (const field of fields) {
    if (field.field === MODEL.graph) out.message(MODEL.graph, rewritten);
    else out.field(field);
  }
  return out.toBytes();
}

function standardVersion(model: Uint8Array): number {
  for (const { field, value } of readFields(model)) {
    if (field !== MODEL.operatorSet) continue;
    const set = [...readFields(value!)];
    const domain = set.find((entry) => entry.field === 1)?.value;
    if (!domain || domain.byteLength === 0) return Number(set.find((entry) => entry.field === 2)?.int ?? 0n);
  }
  return 0;
}

/** Undefined when there is nothing to rewrite. */
function rewriteGraph(graph: Uint8Array): ProtoWriter | undefined {
  const fields = [...readFields(graph)];
  const nodes = new Map<Uint8Array, NodeRead>();
  for (const { field, value } of fields) {
    if (field !== GRAPH.node || operatorOf(value!) !== "GroupQueryAttention") continue;
    nodes.set(value!, readNode(value!));
  }
  if (nodes.size === 0) return undefined;
  const shapes = shapesIn(fields);
  const writer = new AttentionWriter();
  const out = new ProtoWriter();
  let rewritten = 0;
  for (const field of fields) {
    const node = field.field === GRAPH.node ? nodes.get(field.value!) : undefined;
    const form = node && formOf(node, shapes);
    if (node && form) {
      rewritten++;
      for (const part of writer.attention(node, form)) out.message(GRAPH.node, part);
    } else out.field(field);
  }
  for (const constant of writer.constants) out.message(GRAPH.constant, constant);
  return rewritten > 0 ? out : undefined;
}

interface Shapes {
  /** Of float32 inputs: the last size, where it is known. */
  readonly lastSize: ReadonlyMap<string, number>;
  /** Of constants. */
  readonly constants: ReadonlyMap<string, readonly number[]>;
}

function shapesIn(
  fields: Iterable<{ readonly field: number; readonly value: Uint8Array | undefined }>,
): Shapes {
  const lastSize = new Map<string, number>();
  const constants = new Map<string, readonly number[]>();
  for (const { field, value } of fields) {
    if (field === GRAPH.constant) {
      const { name, dims } = readTensorShape(value!);
      constants.set(name, dims);
    } else if (field === GRAPH.input) {
      const { name, type, dims } = readValue(value!);
      const last = dims.at(-1);
      if (type === FLOAT32 && typeof last === "number") lastSize.set(name, last);
    }
  }
  return { lastSize, constants };
}

interface AttentionForm {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly scale: number;
  /** Dimensions that are rotated; 0 = rotation is not this node's. */
  readonly rotaryDim: number;
  readonly interleaved: number;
}

/** Undefined when a node does what is not rewritten. */
function formOf({ inputs, attributes }: NodeRead, shapes: Shapes): AttentionForm | undefined {
  const number = (name: string, otherwise = 0) => attributes.get(name) ?? otherwise;
  for (const [name, value] of Object.entries(NEUTRAL)) {
    if (number(name, value) !== value) return undefined;
  }
  const past = inputs[3] ?? "";
  const headDim = shapes.lastSize.get(past);
  // Positions, a bias and sinks come behind the tables.
  if (headDim === undefined || inputs.slice(9).some((name) => name !== "")) return undefined;
  const half = shapes.constants.get(inputs[7] ?? "")?.at(-1);
  const isRotated = number("do_rotary") === 1;
  if (isRotated && half === undefined) return undefined;
  return {
    heads: number("num_heads"),
    kvHeads: number("kv_num_heads"),
    headDim,
    scale: number("scale") || headDim ** -0.5,
    rotaryDim: isRotated ? 2 * half! : 0,
    interleaved: number("rotary_interleaved"),
  };
}

/** Writes the nodes of one attention after the other; what all of them need is written once. */
class AttentionWriter {
  readonly constants: ProtoWriter[] = [];
  private readonly known = new Map<string, string>();
  private parts: ProtoWriter[] = [];
  private count = 0;

  attention({ inputs, outputs }: NodeRead, form: AttentionForm): readonly ProtoWriter[] {
    this.parts = [];
    const { heads, kvHeads, headDim, scale, rotaryDim, interleaved } = form;
    const [query, key, value] = this.projections(inputs, form);
    const [pastKey, pastValue, total, cos, sin] = [
      inputs[3]!,
      inputs[4]!,
      inputs[6]!,
      inputs[7]!,
      inputs[8]!,
    ];
    const { positions, mask } = this.places(total, query);
    const rotated = (rows: string, count: number) => {
      if (rotaryDim === 0) return rows;
      const isPartial = rotaryDim < headDim;
      const attributes = { num_heads: count, interleaved, rotary_embedding_dim: isPartial ? rotaryDim : 0 };
      return this.node("RotaryEmbedding", [rows, positions, cos, sin], attributes, undefined, CONTRIB);
    };
    // [1, tokens, heads * dim] → [1, heads, tokens, dim]
    const byHead = (rows: string, count: number) => {
      const split = this.node("Reshape", [rows, this.ints([1, -1, count, headDim])]);
      return this.node("Transpose", [split], { perm: [0, 2, 1, 3] });
    };
    const presentKey = this.joined(pastKey, byHead(rotated(key, kvHeads), kvHeads), outputs[1]);
    const presentValue = this.joined(pastValue, byHead(value, kvHeads), outputs[2]);
    // Heads that share keys stand together: [1, kv_heads, heads of a group, tokens, dim].
    const grouped = this.node("Reshape", [
      byHead(rotated(query, heads), heads),
      this.ints([1, kvHeads, heads / kvHeads, -1, headDim]),
    ]);
    const shared = (rows: string) => this.node("Unsqueeze", [rows, this.ints([2])]);
    const turned = this.node("Transpose", [shared(presentKey)], { perm: [0, 1, 2, 4, 3] });
    const scores = this.node("Mul", [this.node("MatMul", [grouped, turned]), this.float(scale)]);
    const weights = this.node("Softmax", [this.node("Add", [scores, mask])], { axis: -1 });
    const attended = this.node("MatMul", [weights, shared(presentValue)]);
    const flat = this.node("Reshape", [attended, this.ints([1, heads, -1, headDim])]);
    const byToken = this.node("Transpose", [flat], { perm: [0, 2, 1, 3] });
    this.node("Reshape", [byToken, this.ints([1, -1, heads * headDim])], {}, outputs[0]);
    return this.parts;
  }

  /** Queries, keys and values `[1, tokens, heads * dim]`, taken apart when they come as one. */
  private projections(inputs: readonly string[], { heads, kvHeads, headDim }: AttentionForm) {
    const [query = "", key = "", value = ""] = inputs;
    if (key !== "") return [query, key, value] as const;
    const sizes = this.ints([heads * headDim, kvHeads * headDim, kvHeads * headDim]);
    const names = [0, 1, 2].map(() => this.name()) as [string, string, string];
    this.write({ operator: "Split", inputs: [query, sizes], outputs: names, attributes: { axis: -1 } });
    return names;
  }

  /** Positions of the new tokens `[1, tokens]`, and what hides later rows from them `[tokens, rows]`. */
  private places(total: string, query: string): { readonly positions: string; readonly mask: string } {
    const [positions, mask] = [`${PREFIX}positions/${total}`, `${PREFIX}mask/${total}`];
    if (this.known.has(mask)) return { positions, mask };
    this.known.set(mask, mask);
    const rows = this.node("Reshape", [this.node("Cast", [total], { to: 7 }), this.ints([], "scalar")]);
    const tokens = this.node("Gather", [this.node("Shape", [query]), this.scalar(1)]);
    const first = this.node("Sub", [rows, tokens]);
    const line = this.node("Range", [first, rows, this.scalar(1)]);
    this.node("Unsqueeze", [line, this.ints([0])], {}, positions);
    const columns = this.node("Range", [this.scalar(0), rows, this.scalar(1)]);
    const isLater = this.node("Greater", [columns, this.node("Unsqueeze", [line, this.ints([1])])]);
    this.node("Where", [isLater, this.float(HIDDEN), this.float(0)], {}, mask);
    return { positions, mask };
  }

  private joined(past: string, rows: string, output: string | undefined): string {
    return this.node("Concat", [past, rows], { axis: 2 }, output || undefined);
  }

  private node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    output = this.name(),
    domain = "",
  ): string {
    this.write({ operator, inputs, outputs: [output], attributes, domain });
    return output;
  }

  private write(node: Omit<GraphNode, "name">): void {
    this.parts.push(nodeProto({ name: this.name(), ...node }));
  }

  private name(): string {
    return `${PREFIX}${this.count++}`;
  }

  /** A list of integers, or the shape of a scalar, which is an empty one. */
  private ints(values: readonly number[], what = values.join(",")): string {
    return this.constant(`${PREFIX}ints/${what}`, (name) =>
      tensorProto(name, "int64", [values.length], BigInt64Array.from(values, BigInt)),
    );
  }

  private scalar(value: number): string {
    return this.constant(`${PREFIX}int/${value}`, (name) =>
      tensorProto(name, "int64", [], BigInt64Array.of(BigInt(value))),
    );
  }

  private float(value: number): string {
    return this.constant(`${PREFIX}float/${value}`, (name) =>
      tensorProto(name, "float32", [], Float32Array.of(value)),
    );
  }

  private constant(name: string, tensor: (name: string) => ProtoWriter): string {
    if (!this.known.has(name)) {
      this.known.set(name, name);
      this.constants.push(tensor(name));
    }
    return name;
  }
}

/** No exporter names a value so. */
const PREFIX = "/web-lag/attention/";
