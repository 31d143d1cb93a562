/** How much memory a page may take on this device as far as the browser tells, and which models stay within it. Pure. */
import type { ModelPlan, PlannedVariant } from "../../hub/plan-model.ts";
import type { TestedModel } from "../../hub/tested-models.ts";

/** What browsers tell of memory. */
export interface MemoryFacts {
  /** GiB, rounded; undefined where the browser does not tell (Safari, Firefox). */
  readonly deviceMemory: number | undefined;
  /** Bytes of the largest buffer of the GPU; undefined where there is none. */
  readonly maxBufferSize: number | undefined;
}

/** GiB. Many browsers name no more, whatever there is: this much is this much or more. */
const MOST_TOLD = 8;
/** System, browser and other pages need theirs. */
const SHARE = 0.5;
/** A driver lets one buffer be about half of what the GPU may take of memory. */
const BUFFERS = 2;

/** Bytes, or undefined where nothing is told: then nothing is refused. */
export function roomOf({ deviceMemory, maxBufferSize }: MemoryFacts): number | undefined {
  if (deviceMemory !== undefined) return deviceMemory * 2 ** 30 * (deviceMemory < MOST_TOLD ? SHARE : 1);
  return maxBufferSize === undefined ? undefined : maxBufferSize * BUFFERS;
}

export function fits(need: number | undefined, room: number | undefined): boolean {
  return need === undefined || room === undefined || need <= room;
}

/** The variant to begin with: the one suggested where it fits, else the largest that does, else the one suggested. */
export function variantThatFits(
  { variants, suggested }: Pick<ModelPlan, "variants" | "suggested">,
  room: number | undefined,
): PlannedVariant | undefined {
  const wanted = variants.find(({ name }) => name === suggested);
  if (!wanted || fits(wanted.memory.total, room)) return wanted;
  const able = variants.filter(({ obstacle, memory }) => obstacle === undefined && fits(memory.total, room));
  return able.sort((a, b) => b.memory.total - a.memory.total)[0] ?? wanted;
}

/** The largest of the tested models that fits, by name; undefined where none does. */
export function testedThatFits(
  tested: readonly Pick<TestedModel, "name" | "bytes" | "variants">[],
  device: ModelPlan["device"],
  room: number,
): string | undefined {
  const needs = tested.flatMap(({ name, bytes, variants }) => {
    const weights = bytes[variants[device]];
    return weights !== undefined && needOfWeights(weights) <= room ? [{ name, weights }] : [];
  });
  return needs.sort((a, b) => b.weights - a.weights)[0]?.name;
}

/** Bytes, at least: while a model is opened its weights stand twice. */
export function needOfWeights(bytes: number): number {
  return 2 * bytes;
}

/** Bytes that stand beside the weights of a model that WebLLM runs: its cache and what it works with. */
const BESIDE = 4e8;
/** Scales of groups of numbers that are stored in few bits. */
const SCALES = 1.125;

/**
 * Bytes of a WebLLM model, about, as its id says them: "Llama-3.2-1B-Instruct-q4f16_1-MLC" has 1B parameters of 4 bits.
 * Undefined where it does not say.
 */
export function needOfWebLlm(id: string): number | undefined {
  const parameters = /(?:^|-)(\d+(?:\.\d+)?)([BM])(?:-|$)/i.exec(id);
  const stored = /-q(\d+)(?:b?f)(16|32)/.exec(id);
  if (!parameters || !stored) return undefined;
  const [, quantised, computed] = stored.map(Number);
  const bytes = quantised! > 0 ? (quantised! / 8) * SCALES : computed! / 8;
  return Number(parameters[1]) * (parameters[2]!.toUpperCase() === "B" ? 1e9 : 1e6) * bytes + BESIDE;
}
