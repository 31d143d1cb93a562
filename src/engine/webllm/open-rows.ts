/**
 * From a loaded WebLLM model to a way of carrying rows, or to the reason why there is none: names, geometry, rotation,
 * pages, and last the self-test. Whatever goes wrong is a reason, never an error: the model answers all the same, and
 * logs are used as text.
 */
import { AbortError, isNamed, messageOf } from "../../terms/errors.ts";
import { Bridge, missingNames } from "./bridge.ts";
import type { WebLlmChatConfig } from "./chat-config.ts";
import { createCheckpointRows } from "./checkpoint-rows.ts";
import { createFusedRows } from "./fused-rows.ts";
import { checkPageBlocks, type RowGeometry, readGeometry, refusedKind } from "./geometry.ts";
import { KNOWN_VERSIONS, type MlcEngine } from "./library.ts";
import { createPageRows } from "./page-rows.ts";
import { readRotation, STORED_UNROTATED, tableFor } from "./rotation.ts";
import type { RowsMethod, RowsParts } from "./rows-method.ts";
import { testRows } from "./rows-self-test.ts";
import type { Verdict } from "./verdicts.ts";
import type { DecoderRows } from "./web-llm-decoder.ts";

export interface OpenRowsOptions {
  readonly engine: MlcEngine;
  readonly modelId: string;
  readonly version: string;
  readonly config: WebLlmChatConfig;
  /** Logits of the last of `ids`, run behind what is in the cache. */
  readonly forward: (ids: readonly number[]) => Promise<Float32Array>;
  /** What an earlier self-test found. Absent: it is made. */
  readonly verdict?: Verdict | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the model or its engine has that rows cannot be carried with. */
export interface RefusedRows {
  readonly refused: string;
}

/** Absent `rows` with a `race` in the verdict: load the model again with the barrier, and open again. */
export interface OpenedRows {
  readonly rows: DecoderRows | RefusedRows;
  /** Absent: it did not come to a test. */
  readonly verdict?: Verdict;
}

/** Throws AbortError only. */
export async function openRows(options: OpenRowsOptions): Promise<OpenedRows> {
  const { engine, modelId, version, config } = options;
  if (!KNOWN_VERSIONS.includes(version)) {
    return refuse(
      `an engine that was never tested with rows: WebLLM ${version} (known: ${KNOWN_VERSIONS.join(", ")})`,
    );
  }
  // Before its names are looked for: a recurrent model has no cache at all, which would say nothing.
  const kind = refusedKind(config.modelType);
  if (kind !== undefined) return refuse(kind);
  const missing = missingNames(engine, modelId);
  if (missing.length > 0) return refuse(`an engine, WebLLM ${version}, that lacks ${missing.join(", ")}`);
  try {
    const bridge = new Bridge(engine, modelId);
    const geometry = readGeometry(bridge.metadata(), config);
    if ("refused" in geometry) return refuse(geometry.refused);
    const rotation = readRotation(config, geometry.shape.headDim);
    if ("refused" in rotation) return refuse(`${rotation.refused} (${config.modelType})`);
    // With a sliding window the attention turns keys as it reads them.
    const lying = bridge.slidingWindow === undefined ? rotation : STORED_UNROTATED;
    const table = tableFor(lying, geometry.shape.headDim, bridge.capacity);
    return await choose({ bridge, geometry, table }, options);
  } catch (error) {
    if (options.signal?.aborted || isNamed(error, "AbortError")) throw new AbortError(messageOf(error));
    return refuse(`an engine that failed when rows were tried: ${messageOf(error)}`);
  }
}

async function choose(parts: RowsParts, options: OpenRowsOptions): Promise<OpenedRows> {
  const { bridge, geometry } = parts;
  const fused = createFusedRows(parts);
  const { pages, why } = openPages(parts);
  const methods = [
    ...(pages ? [pages] : []),
    ...(bridge.hasCheckpoints ? [createCheckpointRows(parts, fused)] : []),
    fused,
  ];
  const { config, forward, signal } = options;
  const { vocabSize } = config;
  const tested =
    options.verdict ?? (await testRows({ ...parts, methods, fused, vocabSize, forward, signal }));
  const verdict = why === undefined ? tested : { ...tested, reasons: [why, ...tested.reasons] };
  bridge.reset();
  const method = methods.find(({ name }) => name === verdict.method);
  if (method) return { rows: { bridge, geometry, method }, verdict };
  const said = verdict.race
    ? "attention over earlier rows that this GPU computes wrongly"
    : `a self-test that failed: ${verdict.reasons.join(" ")}`;
  return { rows: { refused: said }, verdict };
}

/** The pages of the cache, when they are those of this geometry. */
function openPages(parts: RowsParts): { readonly pages?: RowsMethod; readonly why?: string } {
  const { bridge, geometry } = parts;
  const blocks = findBlocks(parts);
  const found = checkPageBlocks(
    blocks.map(({ size }) => size),
    geometry,
    bridge.capacity,
  );
  if ("refused" in found) return { why: `The way "pages" was passed over: ${found.refused}.` };
  return { pages: createPageRows(parts, blocks, found.slots) };
}

function findBlocks({
  bridge,
  geometry,
}: {
  readonly bridge: Bridge;
  readonly geometry: RowGeometry;
}): GPUBuffer[] {
  const { layers, kvHeads, headDim } = geometry.shape;
  bridge.reset();
  bridge.reserve(1);
  const blocks = bridge.pageBlocks(geometry.dtype, [layers, kvHeads, headDim]);
  bridge.reset();
  return blocks;
}

function refuse(refused: string): OpenedRows {
  return { rows: { refused } };
}
