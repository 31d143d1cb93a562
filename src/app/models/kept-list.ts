/** The models and embedders that this browser keeps: to be used, gone on with, or deleted. */
import type { ModelRole } from "../../hub/choose-variant.ts";
import type { StoredModel } from "../../hub/stored-models.ts";
import { clone, find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import { megabytes } from "../words.ts";

export interface KeptListOptions {
  /** Keys of the model that runs and of the embedder; undefined: the page's own, or none. */
  readonly inUse: Readonly<Record<ModelRole, string | undefined>>;
  /** Undefined means the page's own. */
  readonly use: (role: ModelRole, key: string | undefined) => void;
  readonly goOn: (model: StoredModel) => void;
  readonly remove: (key: string) => Promise<void>;
}

export function mountKeptList(
  panel: HTMLElement,
  { inUse, use, goOn, remove }: KeptListOptions,
): { show(models: readonly StoredModel[]): void } {
  const list = find(".kept-models", panel);
  const heading = find("h2", panel);

  function own(role: ModelRole): HTMLElement {
    const item = clone("kept-model-template");
    const name = role === "decoder" ? texts.models.own : texts.models.ownEmbedder;
    find(".kept-name", item).textContent = name;
    const button = find(".kept-use", item);
    button.setAttribute("aria-label", texts.models.use(name));
    button.addEventListener("click", () => use(role, undefined));
    find(".kept-go-on", item).hidden = true;
    find(".kept-delete", item).hidden = true;
    return item;
  }

  function entry(model: StoredModel): HTMLElement {
    const { key, id, variant, base, loaded, total, complete, role = "decoder" } = model;
    const used = key === inUse[role];
    const item = clone("kept-model-template");
    const name = `${id}, ${variant}`;
    find(".kept-name", item).textContent = name;
    const size = complete ? megabytes(total) : texts.model.part(megabytes(loaded), megabytes(total));
    find(".kept-figures", item).textContent = [
      ...(role === "embedder" ? [texts.models.embedder] : []),
      texts.models.from(size, base),
      ...(used ? [texts.models.inUse] : []),
    ].join(", ");
    const useIt = find<HTMLButtonElement>(".kept-use", item);
    useIt.hidden = !complete || used;
    useIt.addEventListener("click", () => use(role, key));
    const next = find<HTMLButtonElement>(".kept-go-on", item);
    next.hidden = complete || !base.startsWith("http");
    next.addEventListener("click", () => goOn(model));
    const away = find<HTMLButtonElement>(".kept-delete", item);
    away.addEventListener("click", () => {
      heading.focus(); // the button goes with its entry
      void remove(key);
    });
    for (const [button, doing] of [
      [useIt, texts.models.use],
      [next, texts.models.goOn],
      [away, texts.models.delete],
    ] as const) {
      button.setAttribute("aria-label", doing(name));
    }
    return item;
  }

  return {
    show(models) {
      const others = (["decoder", "embedder"] as const).filter((role) => inUse[role] !== undefined);
      list.replaceChildren(...others.map(own), ...models.map(entry));
      const bytes = models.reduce((sum, { loaded }) => sum + loaded, 0);
      find(".models-figures", panel).textContent =
        models.length > 0 ? texts.models.kept(models.length, megabytes(bytes)) : "";
    },
  };
}
