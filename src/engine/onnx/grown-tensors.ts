/** Past tensors that every run of a graph replaces: its `present` outputs are the next run's past. */
import { forEachRows, type RowNames, type RowsOf } from "./row-names.ts";
import type { Feeds, Fetches, OnnxTensor } from "./session.ts";

export class GrownTensors {
  /** Outputs that onnxruntime is to allocate. */
  readonly fetches: Fetches;
  private readonly names: RowNames;
  private past: Record<string, OnnxTensor> = {};

  constructor(names: RowNames) {
    this.names = names;
    const fetches: Record<string, null> = {};
    forEachRows(names, (_, __, { present }) => {
      fetches[present] = null;
    });
    this.fetches = fetches;
  }

  get feeds(): Feeds {
    return this.past;
  }

  get(layer: number, what: RowsOf): OnnxTensor {
    return this.past[this.names[layer]![what].past]!;
  }

  /** Takes the outputs of a run; what was there before is disposed of. */
  append(results: Readonly<Record<string, OnnxTensor>>): void {
    this.replace((layer, what) => results[this.names[layer]![what].present]!);
  }

  replace(tensor: (layer: number, what: RowsOf) => OnnxTensor): void {
    this.dispose();
    forEachRows(this.names, (layer, what, { past }) => {
      this.past[past] = tensor(layer, what);
    });
  }

  dispose(): void {
    for (const tensor of Object.values(this.past)) tensor.dispose();
    this.past = {};
  }
}
