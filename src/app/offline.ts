/** The service worker that lets the built page work with the network off: its start, and its replacement. Not while developing. */
import type { KeepMessage, TakeOverMessage } from "../client/protocol.ts";
import { registerOfflineWorker } from "../client/worker-scripts.ts";
import type { NoticesView } from "./notices-view.ts";
import { texts } from "./texts/texts.ts";

const TAKE_OVER: TakeOverMessage = "take-over";
/** A page that stays open hears of a new build too. Milliseconds. */
const LOOK_AGAIN = 60 * 60 * 1000;

/** `used`: folders of the page whose files a load has used, and the next one will need. */
export function registerOffline(used: readonly string[], notices: Pick<NoticesView, "show">): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  // A page that cannot be kept for offline use still works online: nothing to trouble a person with.
  registerOfflineWorker()
    .then((registration) => {
      watchUpdates(serviceWorker, registration, notices);
      return serviceWorker.ready;
    })
    .then(({ active }) => {
      for (const keep of used) active?.postMessage({ keep } satisfies KeepMessage);
    })
    .catch((error) => console.warn("This page will not work offline:", error));
}

/**
 * Keeps files of the page that are kept only once they were used, where they were used before the service worker could
 * see it. `beginning`: of their addresses, as in "assets/pdf".
 */
export function keepUsed(beginning: string): void {
  const message: KeepMessage = { keep: new URL(beginning, document.baseURI).href };
  // Where there is no service worker, `ready` never comes.
  void navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage(message));
}

/** A new build waits until a person wants it: then the page is loaded anew, and with it all that runs. */
function watchUpdates(
  serviceWorker: ServiceWorkerContainer,
  registration: ServiceWorkerRegistration,
  notices: Pick<NoticesView, "show">,
): void {
  let wanted = false;
  const offer = () => {
    const { waiting } = registration;
    // The very first one replaces nothing.
    if (!waiting || !serviceWorker.controller) return;
    notices.show(texts.offline.newVersion, {
      label: texts.offline.reload,
      act() {
        wanted = true;
        waiting.postMessage(TAKE_OVER);
      },
    });
  };
  let controlled = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    if (wanted) location.reload();
    else if (controlled)
      notices.show(texts.offline.replaced, { label: texts.offline.reload, act: () => location.reload() });
    controlled = true;
  });
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offer);
  });
  offer();
  // Without a network there is nothing new.
  setInterval(() => registration.update().catch(() => {}), LOOK_AGAIN);
}
