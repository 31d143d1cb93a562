/** Past tensors that every run of a graph replaces: its `present` outputs are the next run's past. */
import { pastName, presentName } from "./graph.ts";
import { forEachRows } from "./kv-store.ts";
import type { Feeds, Fetches, OnnxTensor } from "./session.ts";

export class GrownTensors {
  /** Outputs that onnxruntime is to allocate. */
  readonly fetches: Fetches;
  private readonly layers: number;
  private past: Record<string, OnnxTensor> = {};

  constructor(layers: number) {
    this.layers = layers;
    const fetches: Record<string, null> = {};
    forEachRows(layers, (layer, what) => {
      fetches[presentName(layer, what)] = null;
    });
    this.fetches = fetches;
  }

  get feeds(): Feeds {
    return this.past;
  }

  get(layer: number, what: "key" | "value"): OnnxTensor {
    return this.past[pastName(layer, what)]!;
  }

  /** Takes the outputs of a run; what was there before is disposed of. */
  append(results: Readonly<Record<string, OnnxTensor>>): void {
    this.replace((layer, what) => results[presentName(layer, what)]!);
  }

  replace(tensor: (layer: number, what: "key" | "value") => OnnxTensor): void {
    this.dispose();
    forEachRows(this.layers, (layer, what) => {
      this.past[pastName(layer, what)] = tensor(layer, what);
    });
  }

  dispose(): void {
    for (const tensor of Object.values(this.past)) tensor.dispose();
    this.past = {};
  }
}
