/** Which variant, and which other model, this device has room for. Pure. */
import { needOfWeights } from "../../client/memory-need.ts";
import type { ModelPlan, PlannedVariant } from "../../hub/plan-model.ts";
import type { TestedModel } from "../../hub/tested-models.ts";
import { fits } from "../../terms/memory-room.ts";

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
