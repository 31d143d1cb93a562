/**
 * How a WebLLM library turns its keys, from `mlc-chat-config.json`. The library has it compiled in and does not say, so
 * this is what its compiler makes of the same file; the self-test compares the two before rows are used.
 */
import { createRotaryTable, type RotaryOptions, type RotaryTable } from "../../kernels/rotary-table.ts";
import { isNamed } from "../../terms/errors.ts";
import { scaledFrequencies } from "../rotary-scaling.ts";
import type { WebLlmChatConfig } from "./chat-config.ts";

/** What is turned, or what the model has whose keys cannot be turned. */
export type Rotation =
  | { readonly how: Omit<RotaryOptions, "positions" | "headDim"> }
  | { readonly refused: string };

type Fields = Readonly<Record<string, unknown>>;

/** Models whose attention knows positions otherwise: their keys are stored as they are. */
const WITHOUT_ROTATION = ["gpt2", "gpt_bigcode"];
/** Models that pair neighbours, though their configuration does not say so. */
const ADJACENT = ["gptj", "chatglm"];

const NO_ROTATION: Rotation = { how: { theta: 1, rotaryDim: 2, inverseFrequencies: [0] } };

/** Scalings that the compiler of libraries knows, and computes as Hugging Face does. Neither depends on how long a text is. */
const COMPILED = ["linear", "llama3"];

const REFUSED: Readonly<Record<string, string>> = {
  // The compiled form masks by element where it should by pair: not a rotation, so that it cannot be turned back.
  yarn: "rotary scaling by yarn, which its library computes in a way that cannot be turned back",
  longrope: "rotary scaling by longrope, whose factors change with the length of the text",
  llama4: "rotary position in some of its layers only",
};

export function readRotation({ model, modelType }: WebLlmChatConfig, headDim: number): Rotation {
  if (WITHOUT_ROTATION.includes(modelType)) return NO_ROTATION;
  const theta = number(model, "rope_theta", "position_embedding_base", "rotary_emb_base") ?? 10000;
  const share = number(model, "partial_rotary_factor", "rotary_pct") ?? 1;
  const rotaryDim = number(model, "rotary_dim") ?? Math.trunc(headDim * share);
  const scaling = (model.rope_scaling ?? {}) as Fields;
  const type = String(scaling.rope_type ?? scaling.type ?? "default");
  const refusal = REFUSED[type === "su" ? "longrope" : type];
  if (refusal !== undefined) return { refused: refusal };
  const pairs = type === "gptj" || ADJACENT.includes(modelType) ? ("adjacent" as const) : undefined;
  const plain = { theta, rotaryDim, ...(pairs && { pairs }) };
  if (type === "default" || type === "gptj") return { how: plain };
  if (!COMPILED.includes(type))
    return { refused: `rotary scaling "${type}", which this version does not know` };
  try {
    const inverseFrequencies = scaledFrequencies(type, scaling, { theta, rotaryDim, maxPositions: 0 });
    return { how: { ...plain, inverseFrequencies } };
  } catch (error) {
    if (!isNamed(error, "ModelFileError")) throw error;
    return { refused: `rotary scaling "${type}" whose numbers are missing` };
  }
}

/** The rotation of an engine's rows for as many positions as fit. Of a cache whose keys are not turned: none. */
export function tableFor(
  { how }: Extract<Rotation, { how: unknown }>,
  headDim: number,
  positions: number,
): RotaryTable {
  return createRotaryTable({ ...how, headDim, positions });
}

/** Of a sliding-window cache: keys lie in it un-rotated, and the attention turns them. */
export const STORED_UNROTATED = NO_ROTATION;

/** The first of these fields that is a number. */
function number(fields: Fields, ...names: readonly string[]): number | undefined {
  return names.map((name) => fields[name]).find((value): value is number => typeof value === "number");
}
