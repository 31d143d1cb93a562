/**
 * What reuse saves: three logs read from IndexedDB, uploaded and rotated to their positions, against a fresh forward
 * pass over the same tokens. Same page, same adapter, in turn. The embedded model moves far more key/value bytes per
 * multiply-add than the models people bring, so theirs pay a smaller share: what is saved here is a lower bound.
 */
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import { beforeAll, expect, test } from "vitest";
import { IndexedDbBank } from "../src/bank/indexed-db-bank.ts";
import { openModelFolder } from "../src/engine/model-folder.ts";
import { configureRuntime } from "../src/engine/onnx/session.ts";
import { openDecoder } from "../src/engine/open-decoder.ts";
import { LexicalIndex } from "../src/retrieve/lexical-index.ts";
import { bytesOf, type KvSlice } from "../src/terms/kv-shape.ts";
import { mebibytes, milliseconds, timeInTurn } from "../tests/support/bench.ts";
import { anEntry } from "../tests/support/log-entries.ts";

const LOGS = 3;
const ROWS_EACH = [24, 64, 170];

beforeAll(() => configureRuntime({ wasmUrl }));

test.each(["wasm", "webgpu"] as const)("inject against re-prefill on %s", async (backend) => {
  const folder = await openModelFolder(new URL("/models/embedded/", location.href).href);
  const weights = await folder.fetchWeights(folder.config.weights.float32);
  const { decoder } = await openDecoder({ ...folder, ...weights }, { backend });
  const name = `bench-inject-${backend}-${crypto.randomUUID()}`;
  const bank = await IndexedDbBank.open({ name, index: new LexicalIndex() });
  try {
    for (const each of ROWS_EACH) {
      const ids = Array.from({ length: each }, (_, i) => 300 + ((i * 37) % 1500));
      decoder.clear();
      await decoder.run(ids);
      const slice = await decoder.take(0, each);
      const stored = Array.from({ length: LOGS }, () => anEntry(crypto.randomUUID(), {}, slice));
      for (const entry of stored) await bank.add(entry);
      const all = Array.from({ length: LOGS }, () => ids).flat();

      const seconds = await timeInTurn(
        {
          inject: async () => {
            const slices: KvSlice[] = [];
            for (const { log } of stored) slices.push((await bank.slice(log.id, "kv"))!);
            decoder.clear();
            await decoder.place(slices);
            await decoder.take(decoder.length - 1, decoder.length); // waits for the GPU
          },
          prefill: async () => {
            decoder.clear();
            await decoder.run(all);
          },
        },
        backend === "webgpu" ? 3 : 7,
      );
      const rows = LOGS * each;
      console.log(
        `inject ${backend}: ${LOGS} logs of ${each} rows, ${mebibytes(bytesOf(decoder.shape, decoder.dtype, rows))}: ` +
          `${milliseconds(seconds.inject)} = ${(seconds.inject / seconds.prefill).toFixed(3)} x the forward pass ` +
          `over the same ${rows} tokens (${milliseconds(seconds.prefill)}); larger models pay a smaller share`,
      );
      expect(seconds.inject).toBeGreaterThan(0);
      expect(seconds.prefill).toBeGreaterThan(0);
    }
  } finally {
    bank.close();
    await decoder.dispose();
    indexedDB.deleteDatabase(name);
  }
});
