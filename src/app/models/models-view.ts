/** The panel of models: what is kept in this browser, and a picker that is fetched when it is first opened. */
import { messageOf } from "../../terms/errors.ts";
import { find } from "../dom.ts";
import type { PageOptions } from "../options.ts";
import { texts } from "../texts/texts.ts";
import type { Pace } from "./pace.ts";

/** `pace`: of the model that runs, where that is known. */
export function mountModelsView(options: PageOptions, pace: () => Pace | undefined): void {
  const panel = find("#models");
  const choose = find<HTMLDetailsElement>(".models-choose", panel);
  let mounted = false;
  choose.addEventListener("toggle", async () => {
    if (!choose.open || mounted) return;
    mounted = true;
    try {
      const { mountModelPicker } = await import("./model-picker.ts");
      await mountModelPicker(panel, options, pace);
    } catch (error) {
      find(".models-message", panel).textContent = `${texts.models.notHere} ${messageOf(error)}`;
    }
  });
}
