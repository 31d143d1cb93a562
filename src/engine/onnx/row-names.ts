/** How graphs name their key/value rows: the input of what was there, the output of what is there then. */
export type RowsOf = "key" | "value";

/** Name of the input and of the output. */
export interface StateName {
  readonly past: string;
  readonly present: string;
}

/** Names of a layer's rows. */
export type RowNames = readonly Readonly<Record<RowsOf, StateName>>[];

/** Those of most exports, and of the graphs that are written here. */
export function usualRowNames(layers: number): RowNames {
  return Array.from({ length: layers }, (_, layer) => ({
    key: { past: `past_key_values.${layer}.key`, present: `present.${layer}.key` },
    value: { past: `past_key_values.${layer}.value`, present: `present.${layer}.value` },
  }));
}

/** Layer and kind of an input of rows, such as `past_key_values.0.key`, `past.0.key` or `past_key_0`. */
export function rowsNamed(input: string): { readonly layer: number; readonly what: RowsOf } | undefined {
  const match = /^past(?:_key_values)?[._](?:(\d+)[._](key|value)|(key|value)[._](\d+))$/.exec(input);
  if (!match) return undefined;
  return { layer: Number(match[1] ?? match[4]), what: (match[2] ?? match[3]) as RowsOf };
}

/** Outputs that may hold what an input `past…` gets next: `past_key_values.0.key` → `present.0.key`. */
export function presentNames(past: string): string[] {
  return [past.replace(/^past_key_values/, "present"), past.replace(/^past/, "present")];
}

/** Calls `visit` for the key and the value rows of every layer, in the order of the graph's inputs. */
export function forEachRows(
  names: RowNames,
  visit: (layer: number, what: RowsOf, name: StateName) => void,
): void {
  for (const [layer, { key, value }] of names.entries()) {
    visit(layer, "key", key);
    visit(layer, "value", value);
  }
}
