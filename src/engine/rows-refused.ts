/**
 * Why the key/value rows of a model cannot be taken out, stored and put in front of another prompt, as far as its
 * `config.json` tells. Such a model runs, and remembers by text only.
 */
import { isKnownScaling } from "./rotary-scaling.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Fields that are there (and not null, false or 0) only in models of a kind. */
const KINDS: Readonly<Record<string, string>> = {
  kv_lora_rank: "multi-head latent attention (compressed key/value rows)",
  state_size: "a state-space model",
  ssm_state_size: "a state-space model",
  mamba_d_state: "a state-space model",
  conv_L_cache: "convolution layers, which keep a state instead of rows",
  linear_num_key_heads: "linear attention",
  no_rope_layer_interval: "layers without rotary position",
  attn_logit_softcapping: "soft-capped attention",
  rope_local_base_freq: "layers that rotate at different bases",
  alibi: "ALiBi positions",
};

/** What it is or has, and the field that says so; undefined: nothing that this file knows. */
export function refusedRows(config: Fields, maxPositions: number): string | undefined {
  for (const [field, kind] of Object.entries(KINDS)) {
    if (config[field]) return said(kind, field);
  }
  const other = listOf(config.layer_types).find((type) => type !== "full_attention");
  if (other !== undefined) return said(`layers of type "${String(other)}"`, "layer_types");
  if (listOf(config.no_rope_layers).includes(0)) {
    return said("layers without rotary position", "no_rope_layers");
  }
  const { sliding_window: window } = config;
  // A window that holds all positions hides none.
  if (typeof window === "number" && window < maxPositions && config.use_sliding_window !== false) {
    return said("sliding-window attention", `sliding_window ${window}`);
  }
  return refusedRotation(config);
}

/** The scaling that a model's rotation has: its type and its numbers. */
export function scalingOf(config: Fields): { readonly type: string; readonly fields: Fields } {
  for (const field of ["rope_scaling", "rope_parameters"]) {
    const fields = config[field] as Fields | null | undefined;
    if (typeof fields !== "object" || fields === null) continue;
    const type = fields.rope_type ?? fields.type ?? "default";
    if (type !== "default") return { type: String(type), fields };
  }
  return { type: "default", fields: {} };
}

function refusedRotation(config: Fields): string | undefined {
  const parameters = (config.rope_parameters ?? {}) as Fields;
  if (
    Object.values(parameters).some(
      (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    )
  ) {
    return said("layers that rotate differently", "rope_parameters");
  }
  for (const field of ["rope_scaling", "rope_parameters"]) {
    if ((config[field] as Fields | null | undefined)?.mrope_section) {
      return said("rotary positions of several dimensions", `${field}.mrope_section`);
    }
  }
  const { type } = scalingOf(config);
  if (type === "default" || isKnownScaling(type)) return undefined;
  return said(`rotary scaling "${type}"`, "rope_scaling");
}

function said(kind: string, field: string): string {
  return `${kind} (config.json: ${field})`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
