/**
 * What a model remembers that are no rows which could be moved: windows, states of recurrent layers, compressed rows.
 * Each run's `present` is the next run's `past`, as it is; nothing of it can be taken out or put in.
 */
import type { StateForm } from "./graph.ts";
import type { StateStore } from "./kv-store.ts";
import { type Feeds, type Fetches, type OnnxTensor, zeroTensor } from "./session.ts";

export class CarriedState implements StateStore {
  length = 0;
  private readonly form: StateForm;
  private readonly outputs: Fetches;
  private past: Record<string, OnnxTensor> = {};

  constructor(form: StateForm) {
    this.form = form;
    this.outputs = Object.fromEntries(form.tensors.map(({ present }) => [present, null]));
    this.clear();
  }

  /** Rows start at none, states at zero. */
  clear(): void {
    this.dispose();
    for (const { past, type, dims } of this.form.tensors) {
      // The batch is one sequence; any other open size counts rows.
      const sizes = dims.map((dim, axis) => (typeof dim === "number" ? dim : axis === 0 ? 1 : 0));
      this.past[past] = zeroTensor(type, sizes);
    }
    this.length = 0;
  }

  feeds(): Feeds {
    return this.past;
  }

  fetches(): Fetches {
    return this.outputs;
  }

  append(results: Readonly<Record<string, OnnxTensor>>, rows: number): void {
    this.dispose();
    for (const { past, present } of this.form.tensors) this.past[past] = results[present]!;
    this.length += rows;
  }

  dispose(): void {
    for (const tensor of Object.values(this.past)) tensor.dispose();
    this.past = {};
  }
}
