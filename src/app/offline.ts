/** Registers the service worker that lets the built page work with the network off. Not while developing. */
import type { KeepMessage } from "../client/protocol.ts";

/** `used`: folders of the page whose files a load has used, and the next one will need. */
export function registerOffline(used: readonly string[]): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  // A page that cannot be kept for offline use still works online: nothing to trouble a person with.
  serviceWorker
    .register(new URL("offline.worker.js", document.baseURI))
    .then(() => serviceWorker.ready)
    .then(({ active }) => {
      for (const keep of used) active?.postMessage({ keep } satisfies KeepMessage);
    })
    .catch((error) => console.warn("This page will not work offline:", error));
}
