/** What a person is told of a model before it is fetched. On the page's own elements. */
import { beforeEach, describe, expect, it } from "vitest";
import html from "../../../index.html?raw";
import { find } from "../../../src/app/dom.ts";
import type { Pace } from "../../../src/app/models/pace.ts";
import { mountPlanView } from "../../../src/app/models/plan-view.ts";
import type { DeviceClass } from "../../../src/hub/choose-variant.ts";
import type { ModelPlan, PlannedVariant } from "../../../src/hub/plan-model.ts";

beforeEach(() => {
  document.body.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
});

const variant = (name: string, weights: number, obstacle?: string) =>
  ({
    name,
    label: "any",
    downloadBytes: weights + 2e6,
    memory: { weights, rows: 1e6, working: 1e6, total: 2 * weights },
    obstacle,
  }) as PlannedVariant;

/** What is said of the plan, and of each variant. */
function told(device: DeviceClass, pace: Pace | undefined): [about: string, variants: string[]] {
  const panel = find("#models");
  const view = mountPlanView(panel, { agree: async () => {}, tested: [], pace: () => pace });
  const variants = [variant("q4", 400e6), variant("fp32", 2e9), variant("fp16", 1e9, "It cannot run here.")];
  const plan = { id: "some/model", role: "decoder", device, base: "https://hub.example", variants };
  view.show({ id: "some/model" }, { ...plan, suggested: "q4" } as unknown as ModelPlan, undefined);
  const hints = [...panel.querySelectorAll(".plan-variant .hint")].map(({ textContent }) => textContent!);
  return [find(".plan-about", panel).textContent!, hints];
}

const PACE: Pace = { weightBytes: 10e6, tokens: 120 };

describe("the plan of a model", () => {
  it("says on the processor how fast it may be, and where that is from", () => {
    const [about, variants] = told("wasm", PACE);
    expect(about).toMatch(/reckoned by size alone: the model that runs now, of 10\.0 MB, said 120 in its/);
    expect(variants).toEqual([
      "402.0 MB to download, about 800.0 MB of memory, about 3.0 tokens a second",
      "2002.0 MB to download, about 4000.0 MB of memory, about 0.60 tokens a second",
      "It cannot run here.",
    ]);
  });

  it.each([
    ["on a GPU", "webgpu", PACE],
    ["before an answer was given", "wasm", undefined],
  ] as const)("says nothing of that %s", (_, device, pace) => {
    const [about, variants] = told(device, pace);
    expect(about).not.toContain("a second");
    expect(variants[0]).toBe("402.0 MB to download, about 800.0 MB of memory");
  });
});
