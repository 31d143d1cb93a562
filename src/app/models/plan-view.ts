/** What a model would take, and the question whether to fetch it. */
import type { ModelRequest } from "../../client/hub-protocol.ts";
import type { ModelPlan, PlannedVariant } from "../../hub/plan-model.ts";
import { clone, find } from "../dom.ts";
import { megabytes } from "../words.ts";

export interface PlanView {
  show(request: ModelRequest, plan: ModelPlan): void;
  hide(): void;
}

const DEVICES = {
  "webgpu-f16": "a GPU that computes in 16 bits",
  webgpu: "a GPU that computes in 32 bits only",
  wasm: "the processor (wasm)",
} as const;

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
    button.textContent = variant ? `Download ${megabytes(variant.downloadBytes)}` : "Nothing of it runs here";
  }

  function variantChoice(variant: PlannedVariant, suggested: string | undefined): HTMLElement {
    const { name, label, downloadBytes, memory, obstacle } = variant;
    const item = clone("plan-variant-template");
    const radio = find<HTMLInputElement>("input", item);
    radio.value = name;
    radio.disabled = obstacle !== undefined;
    radio.checked = name === suggested;
    find(".plan-variant-name", item).textContent = `${name}, ${label}`;
    const need = `${megabytes(downloadBytes)} to download, about ${megabytes(memory.total)} of memory`;
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
      find(".plan-about", form).textContent =
        `For ${DEVICES[plan.device]}. Memory is that of the weights, of key/value rows (up to ${megabytes(rows)}) and ` +
        `of the work itself.${plan.noRows === undefined ? "" : ` It remembers by text only: it is or has ${plan.noRows}.`}`;
      list.replaceChildren(...plan.variants.map((variant) => variantChoice(variant, plan.suggested)));
      find(".plan-consent", form).textContent =
        "folder" in request
          ? "The files are copied into this browser's storage, where they stay until you delete them."
          : `Nothing of it has been fetched yet. The files come from ${plan.base}, and from where that forwards to, ` +
            "and stay in this browser until you delete them.";
      form.hidden = false;
      showChoice();
      heading.focus();
    },
    hide() {
      form.hidden = true;
    },
  };
}
