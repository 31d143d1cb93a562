/**
 * The checks of `npm run verify:web-llm`, inside the browser: rows that are read from a real WebLLM engine and put in front
 * again, against the engine's own passes over the same tokens. Verdicts are by logits against controls: with random weights
 * the likeliest token is the same whatever stands before.
 */
import { Bridge } from "../../src/engine/webllm/bridge.ts";
import { readChatConfig } from "../../src/engine/webllm/chat-config.ts";
import { createFusedRows } from "../../src/engine/webllm/fused-rows.ts";
import { checkPageBlocks, readGeometry } from "../../src/engine/webllm/geometry.ts";
import type { ImportedLibrary, MlcEngine, WebLlmLibrary } from "../../src/engine/webllm/library.ts";
import { loadWebLlm } from "../../src/engine/webllm/load-web-llm.ts";
import { createPageRows } from "../../src/engine/webllm/page-rows.ts";
import { readRotation, STORED_UNROTATED, tableFor } from "../../src/engine/webllm/rotation.ts";
import type { RowsMethod } from "../../src/engine/webllm/rows-method.ts";
import type { Verdict } from "../../src/engine/webllm/verdicts.ts";
import { createRotaryTable } from "../../src/kernels/rotary-table.ts";
import { LagError } from "../../src/terms/errors.ts";
import type { KvSlice } from "../../src/terms/kv-shape.ts";
import { floats, furthest, partOf } from "./rows.ts";

export interface CheckOptions {
  /** Which WebLLM: the version that the project depends on, or the one that public libraries fit. */
  readonly version: "current" | "0.2.79";
  /** Addresses of weights and library. */
  readonly model: string;
  readonly lib: string;
}

export interface CheckRow {
  readonly check: string;
  /** Largest absolute difference, or what was counted. */
  readonly got: string;
  readonly expected: string;
  readonly pass: boolean;
}

export interface CheckReport {
  readonly version: string;
  readonly adapter: string;
  readonly model: string;
  readonly notices: readonly string[];
  readonly rows: readonly CheckRow[];
}

/** In 32 bits, as the method's invariants state it; in 16 a share of the control's difference. */
const TOLERANCE = 1e-3;
const HALF_SHARE = 0.1;
/** Of keys, which are up to about 10: the engine's own shader turns them with cosines that are 5e-4 off. */
const KEYS = 1e-2;
/** What a control must differ by at least, in tolerances. */
const CONTROL = 10;

const ID = "verified";

export async function runChecks({ version, model, lib }: CheckOptions): Promise<CheckReport> {
  const imported = await importVersion(version);
  const started = performance.now();
  const said = (text: string) =>
    console.info(`${((performance.now() - started) / 1000).toFixed(0)} s: ${text}`);
  let library: MlcEngine | undefined;
  let last: Float32Array = new Float32Array(0);
  const { MLCEngine } = imported.library;
  // The engine that is made inside, and the logits that it shows.
  const Seen = class extends MLCEngine {
    constructor(...given: ConstructorParameters<typeof MLCEngine>) {
      super(...given);
      library = this;
      const shown = given[0]?.logitProcessorRegistry?.get(ID);
      const show = shown?.processLogits;
      if (!shown || !show) throw new LagError("The engine was made without a logit processor.");
      shown.processLogits = (logits) => {
        last = logits.slice();
        said("a pass");
        return show(logits);
      };
    }
  };
  let verdict: Verdict | undefined;
  let phase = "";
  const engine = await loadWebLlm({
    modelUrl: `web-llm:${ID}?${new URLSearchParams({ model, lib })}`,
    backend: "webgpu",
    imported: { ...imported, library: { ...imported.library, MLCEngine: Seen } },
    verdicts: {
      get: async () => undefined,
      put: async (_key, found) => {
        verdict = found;
      },
    },
    onProgress({ phase: now, text }) {
      if (now !== phase) said(text);
      phase = now;
    },
  });
  said(`loaded: ${JSON.stringify({ notices: engine.notices, verdict })}`);
  if (!library || !verdict || engine.model.noRows !== undefined) {
    throw new LagError(`Rows cannot be carried: ${engine.model.noRows ?? "no self-test was made"}.`);
  }

  const bridge = new Bridge(library, ID);
  const response = await fetch(`${model}resolve/main/mlc-chat-config.json`);
  const config = readChatConfig((await response.json()) as Record<string, unknown>);
  const geometry = readGeometry(bridge.metadata(), config);
  if ("refused" in geometry) throw new LagError(geometry.refused);
  const { shape, dtype } = geometry;
  const rotation = readRotation(config, shape.headDim);
  if ("refused" in rotation) throw new LagError(rotation.refused);
  const inline = bridge.slidingWindow !== undefined;
  const table = tableFor(inline ? STORED_UNROTATED : rotation, shape.headDim, bridge.capacity);
  const parts = { bridge, geometry, table };
  bridge.reset();
  bridge.reserve(1);
  const blocks = bridge.pageBlocks(dtype, [shape.layers, shape.kvHeads, shape.headDim]);
  const pages = checkPageBlocks(
    blocks.map(({ size }) => size),
    geometry,
    bridge.capacity,
  );
  if ("refused" in pages) throw new LagError(pages.refused);
  const w2 = createPageRows(parts, blocks, pages.slots);
  const w1 = createFusedRows(parts);
  // Turned back once more than they should be, so that they lie as they were stored.
  const still = createRotaryTable({
    headDim: shape.headDim,
    rotaryDim: 2,
    theta: 1,
    inverseFrequencies: [0],
    positions: bridge.capacity,
  });
  const unrotated = createPageRows({ ...parts, table: still }, blocks, pages.slots);

  const rows: CheckRow[] = [];
  const add = (row: CheckRow) => {
    rows.push(row);
    said(JSON.stringify(row));
  };
  const running = library;
  const forward = async (ids: readonly number[]) => {
    await running.forwardTokensAndSample([...ids], ids.length > 1);
    return last;
  };
  const fresh = () => bridge.reset();
  const wiped = async (method: RowsMethod, slices: readonly KvSlice[]) => {
    fresh();
    // What an earlier check left in the pages must not help.
    const encoder = bridge.gpu.device.createCommandEncoder();
    for (const block of blocks) encoder.clearBuffer(block);
    bridge.flush();
    bridge.gpu.device.queue.submit([encoder.finish()]);
    await method.place(slices);
  };
  const near = (check: string, got: Float32Array, expected: Float32Array, limit: number) => {
    const off = furthest(got, expected);
    add({ check, got: off.toExponential(1), expected: `≤ ${limit.toExponential(1)}`, pass: off <= limit });
  };
  const far = (check: string, got: Float32Array, expected: Float32Array, least: number) => {
    const off = furthest(got, expected);
    add({ check, got: off.toExponential(1), expected: `≥ ${least.toExponential(1)}`, pass: off >= least });
  };
  const counted = (check: string, got: number, expected: number) =>
    add({ check, got: String(got), expected: String(expected), pass: got === expected });
  const share = (check: string, got = Number.NaN, [least, most]: readonly [number, number]) =>
    add({
      check,
      got: `${got.toExponential(1)} of the control`,
      expected: least > 0 ? `≥ ${least}` : `≤ ${most}`,
      pass: got >= least && got <= most,
    });

  const { shares } = verdict;
  if (shares?.raced !== undefined) {
    const loaded = "at load, attention over 20 + 7 tokens against 27, as the library is (a race)";
    share(loaded, shares.raced, [HALF_SHARE, Number.POSITIVE_INFINITY]);
  }
  const how = shares?.raced === undefined ? "as the library is (no race)" : "with the barrier";
  share(`at load, attention over 20 + 7 tokens against 27, ${how}`, shares?.parts, [0, HALF_SHARE]);
  share(`at load, logits behind 20 rows by the way "${verdict.method}"`, shares?.rows, [0, HALF_SHARE]);

  const A = ids(20, 1, config.vocabSize);
  const B = ids(7, 2, config.vocabSize);
  const C = ids(22, 3, config.vocabSize);
  const b = [B[0]!];

  // Several tokens behind rows: cached and new attention are merged.
  fresh();
  await forward(A);
  const rowsA = await w2.take(0, A.length);
  const byEngine = await w1.take(0, A.length);
  near(
    "keys read by our kernel against the engine's own gather",
    floats(rowsA.keys),
    floats(byEngine.keys),
    1e-5,
  );
  near("values likewise", floats(rowsA.values), floats(byEngine.values), 0);
  const own = await forward(b);
  bridge.drop(1);
  const parted = await forward(B);
  fresh();
  const whole = await forward([...A, ...B]);
  fresh();
  const tail = await forward(B);
  const limit = dtype === "float32" ? TOLERANCE : HALF_SHARE * furthest(tail, whole);
  far("control: 7 tokens alone against 27 straight", tail, whole, CONTROL * limit);
  near("the engine's own 20 + 7 tokens against 27 straight", parted, whole, limit);
  for (const [name, method] of [
    ["W2 (pages)", w2],
    ["W1 (fused)", w1],
  ] as const) {
    await wiped(method, [rowsA]);
    counted(`${name}: tokens in the cache after 20 rows`, bridge.length, 20);
    const back = await w2.take(0, A.length);
    near(`${name}: keys read back against those read first`, floats(back.keys), floats(rowsA.keys), KEYS);
    near(`${name}: values likewise`, floats(back.values), floats(rowsA.values), 0);
    near(`${name}: 20 rows + prefill 7 against 27 straight`, await forward(B), whole, limit);
  }
  if (!inline) {
    await wiped(unrotated, [rowsA]);
    far("control: the same rows with keys un-rotated", await forward(B), whole, CONTROL * limit);
  }

  // One token behind: plain decoding, which does not merge.
  fresh();
  const straight = await forward([...A, ...b]);
  fresh();
  const alone = await forward(b);
  far("control: the last token alone against 21 straight", alone, straight, CONTROL * limit);
  near("noise floor: the engine's own 20 + decode 1 against 21 straight", own, straight, limit);
  for (const [name, method] of [
    ["W2 (pages)", w2],
    ["W1 (fused)", w1],
  ] as const) {
    await wiped(method, [rowsA]);
    near(`${name}: 20 rows + decode 1 against 21 straight`, await forward(b), straight, limit);
  }

  // WebLLM's own chat, whose prompt must stand whole behind the rows.
  const messages = [{ role: "user" as const, content: "Who directed it, and where was she born?" }];
  const prompt = engine.composeChat(messages);
  fresh();
  const chatStraight = await forward([...A, ...prompt]);
  const answer = await engine.chat({ messages, max_tokens: 1, temperature: 0 }, { prefix: [rowsA] });
  near("chat: its first logits behind 20 rows against the same tokens straight", last, chatStraight, limit);
  const prompted = answer.usage?.prompt_tokens ?? 0;
  counted("chat: tokens of its prompt, system prompt and first message", prompted, prompt.length);
  counted("chat: tokens in the cache, 20 rows and the prompt", bridge.length, 20 + prompt.length);
  const unaided = await engine.chat({ messages, max_tokens: 1, temperature: 0 });
  far("control: chat without rows", last, chatStraight, CONTROL * limit);
  counted("chat without rows: tokens in the cache", bridge.length, unaided.usage?.prompt_tokens ?? 0);

  // Rows of two contexts, from odd places, end to end.
  fresh();
  await forward(C);
  const slices = [await w2.take(7, 22), partOf(rowsA, 3, 19)];
  await wiped(w2, slices);
  const both = await forward(b);
  await wiped(w1, slices);
  near("slices of two contexts, re-positioned: W2 against W1, + decode 1", both, await forward(b), limit);
  far("control: the last token alone against behind them", alone, both, CONTROL * limit);

  const { vendor, architecture, description } = bridge.gpu.adapterInfo;
  return {
    version: imported.version,
    adapter: [vendor, architecture, description].filter(Boolean).join(" "),
    model: `${shape.layers} layers, ${shape.kvHeads} KV heads, head size ${shape.headDim}, ${dtype}`,
    notices: engine.notices,
    rows,
  };
}

async function importVersion(version: CheckOptions["version"]): Promise<ImportedLibrary> {
  if (version === "0.2.79") {
    // Types of another version; what of it is used is the same.
    return { library: (await import("web-llm-0.2.79")) as unknown as WebLlmLibrary, version };
  }
  const { importWebLlm } = await import("../../src/engine/webllm/library.ts");
  return importWebLlm();
}

/** Ids over nearly the whole vocabulary, the same for the same seed. */
function ids(count: number, seed: number, vocabSize: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * vocabSize * 0.9);
  });
}
