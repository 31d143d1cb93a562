/**
 * Chooses a model: looks it up, says what it takes, fetches it once that is agreed to, and lists what is kept. A model
 * is used by loading the page anew with its key in the address, so that a reload finds it again, with the network off
 * too.
 */
import { connectHub } from "../../client/connect-hub.ts";
import type { ModelRequest } from "../../client/hub-protocol.ts";
import { isNamed, messageOf } from "../../terms/errors.ts";
import { roomHere } from "../device/told-memory.ts";
import { find } from "../dom.ts";
import type { PageOptions } from "../options.ts";
import { mountDownloadView } from "./download-view.ts";
import { mountFindForm } from "./find-form.ts";
import { mountKeptList } from "./kept-list.ts";
import { mountPlanView } from "./plan-view.ts";

export async function mountModelPicker(panel: HTMLElement, options: PageOptions): Promise<void> {
  const hub = connectHub();
  const { backend, model } = options;
  const message = find(".models-message", panel);
  const inUse = typeof model === "object" && "stored" in model ? model.stored : undefined;

  const kept = mountKeptList(panel, {
    inUse,
    use: (key) => goTo(key),
    goOn: ({ base, id, revision, variant }) => void download({ base, id, revision }, variant),
    remove: (key) => attempt(() => hub.remove(key).then(refresh)),
  });
  const plan = mountPlanView(panel, download, await hub.tested());
  const downloading = mountDownloadView(panel);
  await mountFindForm(panel, hub, lookUp);

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

/** Loads the page anew with a model of this browser, or without one. */
function goTo(key: string | undefined): void {
  const address = new URL(location.href);
  if (key === undefined) address.searchParams.delete("stored");
  else address.searchParams.set("stored", key);
  location.assign(address);
}
