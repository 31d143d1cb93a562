/** Registers the service worker that lets the built page work with the network off. Not while developing. */

export function registerOffline(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  // A page that cannot be kept for offline use still works online: nothing to trouble a person with.
  navigator.serviceWorker
    .register(new URL("offline.worker.js", document.baseURI))
    .catch((error) => console.warn("This page will not work offline:", error));
}
