/** Whether the browser lets this page do what web-lag needs. */
import { LagError } from "../terms/errors.ts";

/**
 * Throws LagError on a page that came over plain http: browsers give it neither locks, nor WebGPU, nor storage for
 * models, nor what makes ids.
 */
export function requireSecurePage(): void {
  if (globalThis.isSecureContext !== false) return;
  throw new LagError(
    `This page came from ${location.origin}, and browsers let only pages from https or from localhost do what this one needs. Serve it over https.`,
  );
}
