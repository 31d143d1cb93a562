/** The variants of a model: the same weights in several formats, of which one is fetched. */
import type { KvDtype } from "../terms/kv-shape.ts";
import type { ModelFile } from "./model-source.ts";

/** Formats that ONNX exports for browsers come in, by the ending of the graph's name. */
const FORMATS = {
  fp32: { ending: "", rows: "float32", label: "32 bit" },
  fp16: { ending: "_fp16", rows: "float16", label: "16 bit" },
  q8: { ending: "_quantized", rows: "float32", label: "8 bit" },
  int8: { ending: "_int8", rows: "float32", label: "8 bit, signed" },
  uint8: { ending: "_uint8", rows: "float32", label: "8 bit, unsigned" },
  q4: { ending: "_q4", rows: "float32", label: "4 bit" },
  q4f16: { ending: "_q4f16", rows: "float16", label: "4 bit, computed in 16" },
  bnb4: { ending: "_bnb4", rows: "float32", label: "4 bit of bitsandbytes" },
} as const satisfies Record<string, { ending: string; rows: KvDtype; label: string }>;

export type VariantName = keyof typeof FORMATS;
export const VARIANT_NAMES = Object.keys(FORMATS) as readonly VariantName[];

export interface Variant {
  readonly name: VariantName;
  /** For people. */
  readonly label: string;
  /** Path of the graph. */
  readonly graph: string;
  /** The graph and what lies beside it. */
  readonly files: readonly ModelFile[];
  /** Of its key/value rows: float16 ones are computed in 16 bits. */
  readonly rows: KvDtype;
}

/** Where exports put their graphs, the usual place first. */
const PLACES = ["onnx/model", "onnx/decoder_model_merged", "model", "decoder_model_merged"];

/** In the order of FORMATS. */
export function variantsOf(files: readonly ModelFile[]): Variant[] {
  const found: Variant[] = [];
  for (const name of VARIANT_NAMES) {
    const { ending, rows, label } = FORMATS[name];
    const graph = PLACES.map((place) => files.find(({ path }) => path === `${place}${ending}.onnx`)).find(
      (file) => file !== undefined,
    );
    if (!graph) continue;
    const beside = files.filter(({ path }) => isBeside(path, graph.path));
    found.push({ name, label, rows, graph: graph.path, files: [graph, ...beside] });
  }
  return found;
}

/** Weights that do not fit into a graph's file: `model.onnx_data`, `model.onnx_data_1`, `model.onnx.data`, `model.data`. */
function isBeside(path: string, graph: string): boolean {
  if (path === graph.replace(/\.onnx$/, ".data")) return true;
  return path.startsWith(graph) && /^[._]data(_\d+)?$/.test(path.slice(graph.length));
}
