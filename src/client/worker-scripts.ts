/** The workers' scripts, and how a page starts them also where it must vouch for every script (Trusted Types). */
import hubUrl from "../../workers/hub.worker.ts?worker&url";
import runtimeUrl from "../../workers/runtime.worker.ts?worker&url";

/** The name that a page's `trusted-types` directive has to allow, if it has one. */
const POLICY = "web-lag";

/** Types of the platform that TypeScript's library does not know yet. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): URL;
  };
}

let policy: ReturnType<TrustedTypes["createPolicy"]> | undefined;

/** Starts the runtime in a worker of its own. `options` bear the name that it needs. */
export function startRuntimeWorker(options: WorkerOptions): Worker {
  return new Worker(trusted(runtimeUrl), options);
}

/** Starts what fetches and keeps models, likewise. */
export function startHubWorker(options: WorkerOptions): Worker {
  return new Worker(trusted(hubUrl), options);
}

/** Registers the service worker of a built page, which stands in its folder. */
export function registerOfflineWorker(): Promise<ServiceWorkerRegistration> {
  return navigator.serviceWorker.register(trusted(offlineUrl()));
}

const offlineUrl = () => new URL("offline.worker.js", document.baseURI).href;

/** The project's own workers, and no other URL. */
function trusted(url: string): string | URL {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return url;
  policy ??= trustedTypes.createPolicy(POLICY, {
    createScriptURL(asked) {
      if (![runtimeUrl, hubUrl, offlineUrl()].includes(asked))
        throw new TypeError(`${asked} is no worker of web-lag.`);
      return asked;
    },
  });
  return policy.createScriptURL(url);
}
