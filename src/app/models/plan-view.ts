/** What a model would take, and the question whether to fetch it. One that is too large for the device is refused, unless a person insists. */
import type { ModelRequest } from "../../client/hub-protocol.ts";
import type { ModelPlan, PlannedVariant } from "../../hub/plan-model.ts";
import type { TestedModel } from "../../hub/tested-models.ts";
import { fits } from "../../terms/memory-room.ts";
import { clone, find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import { megabytes, rate } from "../words.ts";
import { type Pace, reckonedPace } from "./pace.ts";
import { testedThatFits, variantThatFits } from "./that-fits.ts";

export interface PlanView {
  /** `room`: bytes that a page may take here, or undefined. */
  show(request: ModelRequest, plan: ModelPlan, room: number | undefined): void;
  hide(): void;
}

export interface PlanViewParts {
  /** Called with what was shown, pinned to the commit that it was shown of. */
  readonly agree: (request: ModelRequest, variant: string) => Promise<void>;
  /** Smaller models to name. */
  readonly tested: readonly TestedModel[];
  /** Of the model that runs, where that is known. */
  readonly pace: () => Pace | undefined;
}

export function mountPlanView(panel: HTMLElement, { agree, tested, pace }: PlanViewParts): PlanView {
  const form = find<HTMLFormElement>(".model-plan", panel);
  const heading = find("h3", form);
  const list = find(".plan-variants", form);
  const button = find<HTMLButtonElement>(".plan-download", form);
  const tooLarge = find(".plan-too-large", form);
  const anyway = find<HTMLInputElement>("[name=anyway]", tooLarge);
  let shown: { request: ModelRequest; plan: ModelPlan; room: number | undefined } | undefined;

  const chosen = (): PlannedVariant | undefined => {
    const name = form.querySelector<HTMLInputElement>("[name=variant]:checked")?.value;
    return shown?.plan.variants.find((variant) => variant.name === name);
  };

  function showChoice(): void {
    const variant = chosen();
    const refused = refusal();
    tooLarge.hidden = refused === "";
    find("p", tooLarge).textContent = refused;
    button.disabled = variant === undefined || (refused !== "" && !anyway.checked);
    button.textContent = variant
      ? texts.models.download(megabytes(variant.downloadBytes))
      : texts.models.nothingRuns;
  }

  /** Nothing where the chosen variant fits. */
  function refusal(): string {
    const variant = chosen();
    if (!shown || !variant || shown.room === undefined || fits(variant.memory.total, shown.room)) return "";
    const { plan, room } = shown;
    const other = variantThatFits({ ...plan, suggested: variant.name }, room);
    if (plan.role === "embedder" && other === variant)
      return texts.room.tooLarge(variant.name, megabytes(variant.memory.total), megabytes(room));
    const smaller = other !== variant ? other?.name : testedThatFits(tested, plan.device, room);
    return [
      texts.room.tooLarge(variant.name, megabytes(variant.memory.total), megabytes(room)),
      smaller === undefined ? texts.room.ownFits : texts.room.smaller(smaller),
    ].join(" ");
  }

  /** What is measured says something of models of the same kind only, on the same device. */
  function paceFor({ role, device }: ModelPlan): Pace | undefined {
    return role === "decoder" && device === "wasm" ? pace() : undefined;
  }

  function variantChoice(
    variant: PlannedVariant,
    preset: PlannedVariant | undefined,
    known: Pace | undefined,
  ) {
    const { name, label, downloadBytes, memory, obstacle } = variant;
    const item = clone("plan-variant-template");
    const radio = find<HTMLInputElement>("input", item);
    radio.value = name;
    radio.disabled = obstacle !== undefined;
    radio.checked = variant === preset;
    find(".plan-variant-name", item).textContent = `${name}, ${label}`;
    const need = [
      texts.models.need(megabytes(downloadBytes), megabytes(memory.total)),
      ...(known ? [texts.models.pace(rate(reckonedPace(known, memory.weights)))] : []),
    ].join(", ");
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
    show(request, plan, room) {
      shown = { request, plan, room };
      anyway.checked = false;
      heading.textContent = plan.id;
      const { rows } = plan.variants[0]!.memory;
      const known = paceFor(plan);
      find(".plan-about", form).textContent = [
        plan.role === "embedder"
          ? texts.models.aboutEmbedder
          : texts.models.about(texts.models.devices[plan.device], megabytes(rows)),
        ...(plan.noRows === undefined ? [] : [texts.models.textOnly(plan.noRows)]),
        ...(known ? [texts.models.paceFrom(megabytes(known.weightBytes), rate(known.tokens))] : []),
      ].join(" ");
      const preset = variantThatFits(plan, room);
      list.replaceChildren(...plan.variants.map((variant) => variantChoice(variant, preset, known)));
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
