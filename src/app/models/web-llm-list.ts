/**
 * The models of WebLLM's own list: searched, with what they take and whether this device runs them, chosen after consent
 * or deleted from WebLLM's cache. The list comes with WebLLM's library, which is fetched when it is first opened.
 */
import type { HubClient } from "../../client/connect-hub.ts";
import type { WebLlmModel } from "../../client/hub-protocol.ts";
import { clone, find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import { megabytes } from "../words.ts";

export interface WebLlmListOptions {
  readonly hub: Pick<HubClient, "webLlmModels" | "removeWebLlm">;
  /** Address of the model that the page was told to run. */
  readonly inUse: string;
  readonly use: (address: string) => void;
  /** Runs and says what went wrong. */
  readonly attempt: (run: () => Promise<void>) => Promise<void>;
}

const SCHEME = "web-llm:";
/** More are found by searching. */
const MOST = 30;
const words = texts.models.webLlm;

export function mountWebLlmList(panel: HTMLElement, { hub, inUse, use, attempt }: WebLlmListOptions): void {
  const view = find<HTMLDetailsElement>(".web-llm", panel);
  const list = find(".web-llm-models", view);
  const figures = find(".web-llm-figures", view);
  const search = find<HTMLInputElement>(".web-llm-search", view);
  const able = find<HTMLInputElement>(".web-llm-able", view);
  const plan = find<HTMLFormElement>(".web-llm-plan", view);
  let models: readonly WebLlmModel[] | undefined;
  let chosen: WebLlmModel | undefined;

  async function read(): Promise<void> {
    figures.textContent = words.reading;
    models = await hub.webLlmModels().catch((error: unknown) => {
      figures.textContent = "";
      throw error;
    });
    show();
  }

  function show(): void {
    if (!models) return;
    const wanted = search.value.trim().toLowerCase().split(/\s+/);
    const found = models
      .filter(({ id, obstacle }) => {
        const name = id.toLowerCase();
        return wanted.every((word) => name.includes(word)) && !(able.checked && obstacle !== undefined);
      })
      .sort((a, b) => Number(b.kept) - Number(a.kept) || (a.memory ?? 0) - (b.memory ?? 0));
    figures.textContent = words.found(Math.min(MOST, found.length), models.length);
    list.replaceChildren(...found.slice(0, MOST).map(entry));
  }

  function entry(model: WebLlmModel): HTMLElement {
    const { id, kept, obstacle } = model;
    const item = clone("kept-model-template");
    find(".kept-name", item).textContent = id;
    find(".kept-figures", item).textContent = [
      memoryOf(model),
      ...(model.small ? [words.small] : []),
      ...(kept ? [words.kept] : []),
      ...(inUse === SCHEME + id ? [texts.models.inUse] : []),
      ...(obstacle === undefined ? [] : [obstacle]),
    ].join(", ");
    const useIt = find<HTMLButtonElement>(".kept-use", item);
    useIt.hidden = obstacle !== undefined || inUse === SCHEME + id;
    useIt.setAttribute("aria-label", words.choose(id));
    useIt.addEventListener("click", () => ask(model));
    find(".kept-go-on", item).hidden = true;
    const away = find<HTMLButtonElement>(".kept-delete", item);
    away.hidden = !kept;
    away.setAttribute("aria-label", texts.models.delete(id));
    away.addEventListener("click", () => {
      search.focus(); // the button goes with its entry
      void attempt(() => hub.removeWebLlm(id).then(read));
    });
    return item;
  }

  function ask(model: WebLlmModel): void {
    chosen = model;
    const heading = find("h3", plan);
    heading.textContent = model.id;
    find("p", plan).textContent = model.kept
      ? words.there
      : words.consent(memoryOf(model), model.from.join(", "));
    find("button", plan).textContent = model.kept ? texts.models.use(model.id) : words.download;
    plan.hidden = false;
    heading.focus();
  }

  view.addEventListener("toggle", () => {
    if (view.open && !models) void attempt(read);
  });
  search.addEventListener("input", show);
  able.addEventListener("change", show);
  plan.addEventListener("submit", (event) => {
    event.preventDefault();
    if (chosen) use(SCHEME + chosen.id);
  });
}

function memoryOf({ memory }: WebLlmModel): string {
  return memory === undefined ? words.unknown : words.memory(megabytes(memory));
}
