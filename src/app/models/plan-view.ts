/** What a model would take, and the question whether to fetch it. */
import type { ModelRequest } from "../../client/hub-protocol.ts";
import type { ModelPlan, PlannedVariant } from "../../hub/plan-model.ts";
import { clone, find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import { megabytes } from "../words.ts";

export interface PlanView {
  show(request: ModelRequest, plan: ModelPlan): void;
  hide(): void;
}

/** `agree` is called with what was shown, pinned to the commit that it was shown of. */
export function mountPlanView(
  panel: HTMLElement,
  agree: (request: ModelRequest, variant: string) => Promise<void>,
): PlanView {
  const form = find<HTMLFormElement>(".model-plan", panel);
  const heading = find("h3", form);
  const list = find(".plan-variants", form);
  const button = find<HTMLButtonElement>(".plan-download", form);
  let shown: { request: ModelRequest; plan: ModelPlan } | undefined;

  const chosen = (): PlannedVariant | undefined => {
    const name = form.querySelector<HTMLInputElement>(":checked")?.value;
    return shown?.plan.variants.find((variant) => variant.name === name);
  };

  function showChoice(): void {
    const variant = chosen();
    button.disabled = variant === undefined;
    button.textContent = variant
      ? texts.models.download(megabytes(variant.downloadBytes))
      : texts.models.nothingRuns;
  }

  function variantChoice(variant: PlannedVariant, suggested: string | undefined): HTMLElement {
    const { name, label, downloadBytes, memory, obstacle } = variant;
    const item = clone("plan-variant-template");
    const radio = find<HTMLInputElement>("input", item);
    radio.value = name;
    radio.disabled = obstacle !== undefined;
    radio.checked = name === suggested;
    find(".plan-variant-name", item).textContent = `${name}, ${label}`;
    const need = texts.models.need(megabytes(downloadBytes), megabytes(memory.total));
    find(".hint", item).textContent = obstacle ?? need;
    return item;
  }

  form.addEventListener("change", showChoice);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const variant = chosen();
    if (!shown || !variant) return;
    const { request, plan } = shown;
    const pinned = "folder" in request ? request : { ...request, revision: plan.commit ?? plan.revision };
    button.disabled = true;
    void agree(pinned, variant.name).then(showChoice);
  });

  return {
    show(request, plan) {
      shown = { request, plan };
      heading.textContent = plan.id;
      const { rows } = plan.variants[0]!.memory;
      find(".plan-about", form).textContent = [
        texts.models.about(texts.models.devices[plan.device], megabytes(rows)),
        ...(plan.noRows === undefined ? [] : [texts.models.textOnly(plan.noRows)]),
      ].join(" ");
      list.replaceChildren(...plan.variants.map((variant) => variantChoice(variant, plan.suggested)));
      find(".plan-consent", form).textContent =
        "folder" in request ? texts.models.consentFolder : texts.models.consentHub(plan.base);
      form.hidden = false;
      showChoice();
      heading.focus();
    },
    hide() {
      form.hidden = true;
    },
  };
}
