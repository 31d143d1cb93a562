/** What the nodes of a graph tell that its inputs and outputs do not: who computes attention, and how keys turn. */
import type { RotaryPairs } from "../../kernels/rotary-table.ts";
import { type Beside, readConstants } from "./graph-constants.ts";
import { GRAPH, MODEL, type NodeRead, operatorOf, readNode } from "./graph-reader.ts";
import { readFields } from "./protobuf.ts";
import { asTables, type RotaryTables } from "./rotary-tables.ts";

export interface GraphFacts {
  /** Outputs that GroupQueryAttention makes: it can append to its input in place. */
  readonly appended: ReadonlySet<string>;
  /** Whether GroupQueryAttention rotates queries and keys itself. */
  readonly rotatesItself: boolean;
  /** Undefined where rotation is in single steps, or nowhere. */
  readonly pairs: RotaryPairs | "both" | undefined;
  /** What keys are rotated with, where all nodes do it with the same constants. */
  readonly tables: RotaryTables | undefined;
  /** Nodes that make cosines and sines of angles: a shader's own are off by more than the rounding of f32. */
  readonly angleNodes: readonly string[];
  /** Rows that attention sees at most, or undefined: all. */
  readonly window: number | undefined;
}

const ATTENTION = "GroupQueryAttention";
const ROTATION = "RotaryEmbedding";
const ANGLES = ["Cos", "Sin"];
const READ: readonly string[] = [ATTENTION, ROTATION, ...ANGLES];

/** Of a whole ONNX model and what lies beside it. Nodes inside branches are not looked at. */
export function readGraphFacts(model: Uint8Array, beside: Beside = []): GraphFacts {
  const nodes = nodesOf(model);
  const attention = nodes.filter(({ operator }) => operator === ATTENTION);
  const turning = attention.filter(({ attributes }) => attributes.get("do_rotary") === 1);
  const rotations = nodes.filter(({ operator }) => operator === ROTATION);
  const interleaved = new Set([
    ...turning.map(({ attributes }) => attributes.get("rotary_interleaved") === 1),
    ...rotations.map(({ attributes }) => attributes.get("interleaved") === 1),
  ]);
  const cosines = [...turning.map(({ inputs }) => inputs[7]), ...rotations.map(({ inputs }) => inputs[2])];
  const sines = [...turning.map(({ inputs }) => inputs[8]), ...rotations.map(({ inputs }) => inputs[3])];
  const constants = readConstants(model, new Set([only(cosines), only(sines)]), beside);
  const windows = attention.map(({ attributes }) => attributes.get("local_window_size") ?? -1);
  const window = Math.min(...windows.filter((size) => size > 0));
  return {
    appended: new Set(attention.flatMap(({ outputs }) => outputs)),
    rotatesItself: turning.length > 0,
    pairs: pairsOf(interleaved),
    tables: asTables(constants.get(only(cosines)), constants.get(only(sines))),
    angleNodes: nodes.filter(({ operator }) => ANGLES.includes(operator)).map(({ name }) => name),
    window: Number.isFinite(window) ? window : undefined,
  };
}

/** The one name among these, or none. */
function only(names: readonly (string | undefined)[]): string {
  const different = new Set(names);
  return different.size === 1 ? (names[0] ?? "") : "";
}

function pairsOf(interleaved: ReadonlySet<boolean>): GraphFacts["pairs"] {
  if (interleaved.size === 2) return "both";
  const [one] = interleaved;
  return one === undefined ? undefined : one ? "adjacent" : "half-split";
}

function nodesOf(model: Uint8Array): NodeRead[] {
  const nodes: NodeRead[] = [];
  for (const part of readFields(model)) {
    if (part.field !== MODEL.graph || !part.value) continue;
    for (const { field, value } of readFields(part.value)) {
      if (field === GRAPH.node && value && READ.includes(operatorOf(value))) {
        nodes.push(readNode(value));
      }
    }
  }
  return nodes;
}
