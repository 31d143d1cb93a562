/**
 * The embedded model's folder run by this engine and by transformers.js, in turn in one page and over one copy of
 * onnxruntime-web: how fast each reads a prompt and says a response. Greedy, so that both say the same.
 */
import { AutoModelForCausalLM, env, type PreTrainedModel, Tensor } from "@huggingface/transformers";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import { expect } from "vitest";
import type { Backend } from "../src/engine/engine.ts";
import { loadEngine } from "../src/engine/load-engine.ts";
import { configureRuntime } from "../src/engine/onnx/session.ts";
import composed from "../tests/fixtures/composed.json" with { type: "json" };

export interface SpeedOptions {
  readonly backend: Backend;
  readonly threads: number;
  readonly promptTokens: number;
  /** How many prompts each round asks: one response is too short to time what it costs to say a word. */
  readonly prompts: number;
  readonly newTokens: number;
  /** One more round comes first, and is not counted. */
  readonly rounds: number;
}

/** Of one response. Milliseconds. */
interface Run {
  readonly ids: readonly number[];
  readonly first: number;
  readonly total: number;
}

interface Rival {
  say(prompt: readonly number[]): Promise<Run>;
  dispose(): Promise<unknown>;
}

/** Prints a table of both. Throws what loading throws. */
export async function compareSpeed(options: SpeedOptions): Promise<void> {
  const { backend, threads, promptTokens, rounds } = options;
  configureRuntime({ wasmUrl, threads });
  const long = composed.map(({ ids }) => ids).filter(({ length }) => length >= promptTokens);
  const prompts = long.slice(0, options.prompts).map((ids) => ids.slice(-promptTokens));
  const rivals: Readonly<Record<string, Rival>> = {
    "web-lag": await ours(options),
    "transformers.js": await theirs(options),
  };
  /** `[round][prompt]` of each. */
  const runs = new Map<string, Run[][]>(Object.keys(rivals).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    const said = new Map<string, Run[]>(Object.keys(rivals).map((name) => [name, []]));
    for (const prompt of prompts) {
      for (const [name, { say }] of Object.entries(rivals)) said.get(name)!.push(await say(prompt));
    }
    if (round > 0) for (const [name, all] of said) runs.get(name)!.push(all);
  }
  for (const { dispose } of Object.values(rivals)) await dispose();
  const where = backend === "wasm" ? `wasm, ${threads} thread${threads === 1 ? "" : "s"}` : backend;
  const lines = [...runs].map(([name, all]) => row(name, promptTokens, all));
  const [a, b] = [...runs.values()].map((all) => JSON.stringify(all.at(-1)!.map(({ ids }) => ids)));
  console.log(
    [
      `speed on ${where}, ${prompts.length} prompts of ${promptTokens} tokens${a === b ? "" : "; the two do not say the same"}:`,
      "| | to first token | prefill | decode | of how many tokens |",
      "|---|---|---|---|---|",
      ...lines,
    ].join("\n"),
  );
  expect(prompts).toHaveLength(options.prompts);
  for (const all of runs.values()) for (const { total } of all.flat()) expect(total).toBeGreaterThan(0);
}

async function ours({ backend, newTokens }: SpeedOptions): Promise<Rival> {
  const engine = await loadEngine({ modelUrl: new URL("/models/embedded/", location.href).href, backend });
  return {
    async say(ids) {
      const { ids: said, timings } = await engine.generate({ prefix: [], ids, maxNewTokens: newTokens });
      return { ids: said, first: timings.firstToken, total: timings.total };
    },
    dispose: () => engine.dispose(),
  };
}

async function theirs({ backend, threads, newTokens }: SpeedOptions): Promise<Rival> {
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = "/models/";
  env.useBrowserCache = false;
  configureRuntime({ wasmUrl, threads }); // it looks elsewhere by default
  const model: PreTrainedModel = await AutoModelForCausalLM.from_pretrained("embedded", {
    dtype: "fp32",
    device: backend,
  });
  const int64 = (numbers: readonly number[]) =>
    new Tensor("int64", BigInt64Array.from(numbers, BigInt), [1, numbers.length]);
  return {
    async say(ids) {
      const times: number[] = [];
      const start = performance.now();
      const all = (await model.generate({
        inputs: int64(ids),
        attention_mask: int64(ids.map(() => 1)),
        max_new_tokens: newTokens,
        do_sample: false,
        // Its first call brings the prompt.
        streamer: { put: () => times.push(performance.now() - start), end() {} },
      } as never)) as Tensor;
      const said = (all.tolist() as bigint[][])[0]!.slice(ids.length).map(Number);
      const { eos_token_id } = model.generation_config as { eos_token_id?: number | number[] };
      const ends = [eos_token_id ?? []].flat();
      return { ids: said.filter((id) => !ends.includes(id)), first: times[1]!, total: times.at(-1)! };
    },
    dispose: () => model.dispose(),
  };
}

/** Medians of the rounds. Decode: of the tokens behind each response's first. */
function row(name: string, promptTokens: number, rounds: readonly (readonly Run[])[]): string {
  const sum = (runs: readonly Run[], of: (run: Run) => number) =>
    runs.reduce((total, run) => total + of(run), 0);
  const first = median(rounds.map((runs) => sum(runs, (run) => run.first)));
  const rest = median(rounds.map((runs) => sum(runs, ({ total, first }) => total - first)));
  const last = rounds.at(-1)!;
  const said = sum(last, ({ ids }) => ids.length - 1);
  const perSecond = (tokens: number, milliseconds: number) =>
    `${((1000 * tokens) / milliseconds).toFixed(1)} tokens/s`;
  return (
    `| ${name} | ${(first / last.length).toFixed(0)} ms | ${perSecond(promptTokens * last.length, first)} | ` +
    `${perSecond(said, rest)} | ${said} |`
  );
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}
