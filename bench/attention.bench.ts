/**
 * Attention on wasm: onnxruntime's own GroupQueryAttention against the plain operators that it is rewritten into. The
 * embedded model, the same page, in turn.
 */
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import { beforeAll, expect, test } from "vitest";
import { openModelFolder } from "../src/engine/model-folder.ts";
import { forEachRows, usualRowNames } from "../src/engine/onnx/row-names.ts";
import {
  configureRuntime,
  cpuTensor,
  createSession,
  type Feeds,
  type OnnxSession,
} from "../src/engine/onnx/session.ts";
import { milliseconds, timeInTurn } from "../tests/support/bench.ts";

beforeAll(() => configureRuntime({ wasmUrl }));

/** New tokens, and rows that are there. */
const SIZES = [
  [128, 0],
  [512, 0],
  [512, 512],
  [1, 512],
] as const;

test("attention on wasm", async () => {
  const folder = await openModelFolder(new URL("/models/embedded/", location.href).href);
  const { model } = await folder.fetchWeights(folder.config.weights.float32);
  const plain = await createSession(model, {});
  const library = await createSession(model, { wasmAttention: "library" });
  for (const [tokens, past] of SIZES) {
    const seconds = await timeInTurn(
      { plain: pass(plain, tokens, past), library: pass(library, tokens, past) },
      5,
    );
    console.log(
      `attention wasm: ${tokens} tokens behind ${past} rows: ${milliseconds(seconds.plain)} = ` +
        `${(seconds.plain / seconds.library).toFixed(3)} x the library's node (${milliseconds(seconds.library)})`,
    );
    expect(seconds.plain).toBeGreaterThan(0);
  }
  await plain.dispose();
  await library.dispose();

  /** A forward pass of the whole model; its tensors are garbage afterwards. */
  function pass(session: OnnxSession, tokens: number, past: number): () => Promise<void> {
    const { layers, kvHeads, headDim } = folder.config.shape;
    const ids = BigInt64Array.from({ length: tokens }, (_, i) => BigInt(300 + ((i * 37) % 1500)));
    const feeds: Record<string, Feeds[string]> = {
      input_ids: cpuTensor("int64", ids, [1, tokens]),
      attention_mask: cpuTensor("int64", new BigInt64Array(tokens + past).fill(1n), [1, tokens + past]),
    };
    const fetches: Record<string, null> = { logits: null };
    forEachRows(usualRowNames(layers), (_, __, name) => {
      const rows = new Float32Array(kvHeads * past * headDim).fill(0.1);
      feeds[name.past] = cpuTensor("float32", rows, [1, kvHeads, past, headDim]);
      fetches[name.present] = null;
    });
    return async () => {
      await session.run(feeds, fetches);
    };
  }
});
