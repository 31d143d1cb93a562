/** What the nodes of a graph tell that its inputs and outputs do not: who computes attention, and how keys turn. */
import type { RotaryPairs } from "../../kernels/rotary-table.ts";
import { GRAPH, MODEL, type NodeRead, operatorOf, readNode } from "./graph-reader.ts";
import { readFields } from "./protobuf.ts";

export interface GraphFacts {
  /** Outputs that GroupQueryAttention makes: it can append to its input in place. */
  readonly appended: ReadonlySet<string>;
  /** Whether GroupQueryAttention rotates queries and keys itself. */
  readonly rotatesItself: boolean;
  /** Undefined where rotation is in single steps, or nowhere. */
  readonly pairs: RotaryPairs | "both" | undefined;
  /** Rows that attention sees at most, or undefined: all. */
  readonly window: number | undefined;
}

const ATTENTION = "GroupQueryAttention";
const ROTATION = "RotaryEmbedding";

/** Of a whole ONNX model. Nodes inside branches are not looked at. */
export function readGraphFacts(model: Uint8Array): GraphFacts {
  const nodes = nodesOf(model);
  const attention = nodes.filter(({ operator }) => operator === ATTENTION);
  const turning = attention.filter(({ attributes }) => attributes.get("do_rotary") === 1);
  const interleaved = new Set([
    ...turning.map(({ attributes }) => attributes.get("rotary_interleaved") === 1),
    ...nodes
      .filter(({ operator }) => operator === ROTATION)
      .map(({ attributes }) => attributes.get("interleaved") === 1),
  ]);
  const windows = attention.map(({ attributes }) => attributes.get("local_window_size") ?? -1);
  const window = Math.min(...windows.filter((size) => size > 0));
  return {
    appended: new Set(attention.flatMap(({ outputs }) => outputs)),
    rotatesItself: turning.length > 0,
    pairs: pairsOf(interleaved),
    window: Number.isFinite(window) ? window : undefined,
  };
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
      if (field === GRAPH.node && value && [ATTENTION, ROTATION].includes(operatorOf(value))) {
        nodes.push(readNode(value));
      }
    }
  }
  return nodes;
}
