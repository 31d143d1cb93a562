/** Values of single constants of a graph: in its own file, or in one beside it. */
import { GRAPH, MODEL } from "./graph-reader.ts";
import { type ProtoField, readFields } from "./protobuf.ts";

export interface ConstantValues {
  readonly dims: readonly number[];
  /** `float16` as raw 16-bit patterns. */
  readonly data: Float32Array | Uint16Array;
}

/** A file beside the model, by the name that the model gives it. */
export type Beside = readonly { readonly path: string; readonly data: Uint8Array }[];

/** Fields of TensorProto. */
const TENSOR = { dims: 1, type: 2, floats: 4, name: 8, raw: 9, external: 13 } as const;
const FLOAT32 = 1;
const FLOAT16 = 10;
const utf8 = new TextDecoder();

/** Those constants among `names` that are f32 or f16; others are left out. */
export function readConstants(
  model: Uint8Array,
  names: ReadonlySet<string>,
  beside: Beside,
): Map<string, ConstantValues> {
  const found = new Map<string, ConstantValues>();
  if (names.size === 0) return found;
  for (const graph of messagesOf(readFields(model), MODEL.graph)) {
    for (const tensor of messagesOf(readFields(graph), GRAPH.constant)) {
      const fields = [...readFields(tensor)];
      const name = textOf(fields, TENSOR.name);
      const values = names.has(name) ? valuesOf(fields, beside) : undefined;
      if (values) found.set(name, values);
    }
  }
  return found;
}

function valuesOf(fields: readonly ProtoField[], beside: Beside): ConstantValues | undefined {
  const type = Number(fields.find(({ field }) => field === TENSOR.type)?.int ?? 0n);
  if (type !== FLOAT32 && type !== FLOAT16) return undefined;
  const dims = fields.flatMap(({ field, int }) =>
    field === TENSOR.dims && int !== undefined ? [Number(int)] : [],
  );
  const bytes = bytesOf(fields, beside);
  const elements = dims.reduce((product, dim) => product * dim, 1);
  // A copy, for the bytes may start anywhere.
  const buffer = bytes?.slice().buffer;
  if (buffer?.byteLength !== elements * (type === FLOAT32 ? 4 : 2)) return undefined;
  return { dims, data: type === FLOAT32 ? new Float32Array(buffer) : new Uint16Array(buffer) };
}

function bytesOf(fields: readonly ProtoField[], beside: Beside): Uint8Array | undefined {
  const own = fields.find(({ field }) => field === TENSOR.raw || field === TENSOR.floats)?.value;
  if (own) return own;
  const place = new Map<string, string>();
  for (const entry of messagesOf(fields, TENSOR.external)) {
    const pair = [...readFields(entry)];
    place.set(textOf(pair, 1), textOf(pair, 2));
  }
  const file = beside.find(({ path }) => path === place.get("location"))?.data;
  const offset = Number(place.get("offset") ?? 0);
  return file?.subarray(offset, offset + Number(place.get("length") ?? file.byteLength));
}

function* messagesOf(fields: Iterable<ProtoField>, wanted: number): Generator<Uint8Array> {
  for (const { field, value } of fields) if (field === wanted && value) yield value;
}

function textOf(fields: readonly ProtoField[], wanted: number): string {
  const value = fields.find(({ field }) => field === wanted)?.value;
  return value ? utf8.decode(value) : "";
}
