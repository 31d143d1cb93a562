/**
 * Chooses a model: looks it up, says what it takes, fetches it once that is agreed to, and lists what is kept. A model
 * is used by loading the page anew with its key in the address, so that a reload finds it again, with the network off
 * too.
 */
import { connectHub } from "../../client/connect-hub.ts";
import type { ModelRequest } from "../../client/hub-protocol.ts";
import type { LoadOptions } from "../../client/protocol.ts";
import { roomHere } from "../../client/told-memory.ts";
import type { ModelRole } from "../../hub/choose-variant.ts";
import { isNamed, messageOf } from "../../terms/errors.ts";
import { isWebLlmAddress } from "../../terms/web-llm-address.ts";
import { find } from "../dom.ts";
import type { PageOptions } from "../options.ts";
import { mountDownloadView } from "./download-view.ts";
import { mountFindForm } from "./find-form.ts";
import { mountKeptList } from "./kept-list.ts";
import type { Pace } from "./pace.ts";
import { mountPlanView } from "./plan-view.ts";
import { mountWebLlmList } from "./web-llm-list.ts";

/** `pace`: of the model that runs, where that is known. */
export async function mountModelPicker(
  panel: HTMLElement,
  options: PageOptions,
  pace: () => Pace | undefined,
): Promise<void> {
  const hub = connectHub();
  const { backend, model, embedder } = options;
  const message = find(".models-message", panel);

  const kept = mountKeptList(panel, {
    inUse: { decoder: keyOf(model) ?? webLlmOf(options), embedder: keyOf(embedder) },
    use: goTo,
    goOn: ({ base, id, revision, variant }) =>
      void download({ base, id, revision, token: form.tokenFor(base) }, variant),
    remove: (key) => attempt(() => hub.remove(key).then(refresh)),
  });
  const plan = mountPlanView(panel, { agree: download, tested: await hub.tested(), pace });
  const downloading = mountDownloadView(panel);
  const form = await mountFindForm(panel, hub, lookUp);
  mountWebLlmList(panel, { hub, inUse: webLlmOf(options) ?? "", use: goToAddress, attempt });

  async function refresh(): Promise<void> {
    kept.show(await hub.list());
  }

  /** Says what went wrong, unless a person stopped it. */
  async function attempt(run: () => Promise<void>): Promise<void> {
    message.textContent = "";
    try {
      await run();
    } catch (error) {
      if (!isNamed(error, "AbortError")) message.textContent = messageOf(error);
    }
  }

  function lookUp(request: ModelRequest): Promise<void> {
    plan.hide();
    return attempt(async () => plan.show(request, await hub.plan(request, { backend }), await roomHere()));
  }

  async function download(request: ModelRequest, variant: string): Promise<void> {
    const { signal, onProgress, end } = downloading.begin();
    // Large files are to stay; a refusal changes nothing that a person could do.
    void navigator.storage?.persist?.().catch(() => false);
    await attempt(async () => {
      await hub.ensure(request, { backend, variant, signal, onProgress });
      plan.hide();
    });
    end();
    // What was said about the download stays.
    await refresh().catch((error) => {
      message.textContent ||= messageOf(error);
    });
  }

  await attempt(refresh);
}

/** Address of the WebLLM model that runs, where one does. */
function webLlmOf({ model, modelUrl }: PageOptions): string | undefined {
  return model === undefined && isWebLlmAddress(modelUrl) ? modelUrl : undefined;
}

function keyOf(named: LoadOptions["model"]): string | undefined {
  return typeof named === "object" && "stored" in named ? named.stored : undefined;
}

/** Loads the page anew with a model that is named by its address. */
function goToAddress(model: string): void {
  const address = new URL(location.href);
  address.searchParams.delete("stored");
  address.searchParams.set("model", model);
  location.assign(address);
}

/** Loads the page anew with a model or an embedder of this browser, or without one. */
function goTo(role: ModelRole, key: string | undefined): void {
  const address = new URL(location.href);
  const { searchParams } = address;
  const [name, value] = role === "decoder" ? ["stored", key] : ["embedder", key && `stored:${key}`];
  const webLlm = isWebLlmAddress(searchParams.get("model") ?? "");
  if (role === "decoder" && value === undefined && webLlm) searchParams.delete("model");
  if (value === undefined) searchParams.delete(name);
  else searchParams.set(name, value);
  // Nothing asks an embedder where words alone find.
  if (role === "embedder" && value !== undefined && !searchParams.has("retrieval"))
    searchParams.set("retrieval", "fused");
  location.assign(address);
}
