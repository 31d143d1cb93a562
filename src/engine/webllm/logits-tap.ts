/** Takes the logits where WebLLM shows them to a logit processor, before it samples from them. */
import { ModelUnsupportedError } from "../../terms/errors.ts";

export interface LogitsTap {
  /** What the library is given: its own interface. */
  readonly processor: {
    processLogits(logits: Float32Array): Float32Array;
    processSampledToken(): void;
    resetState(): void;
  };
  /** Those of the last forward pass, once. Throws ModelUnsupportedError when the library showed none. */
  take(): Float32Array;
}

export function createLogitsTap(): LogitsTap {
  let last: Float32Array | undefined;
  return {
    processor: {
      processLogits(logits) {
        // The library goes on to use its array.
        last = logits.slice();
        return logits;
      },
      processSampledToken() {},
      resetState() {},
    },
    take() {
      const logits = last;
      last = undefined;
      if (logits) return logits;
      throw new ModelUnsupportedError(
        "WebLLM ran the model and showed no logits. Use a version of it that calls logit processors.",
      );
    },
  };
}
