/** The page of `npm run verify:web-llm`: hands the checks to whoever drives the browser. */
import { type CheckOptions, runChecks } from "./checks.ts";

declare global {
  interface Window {
    verifyWebLlm?: (options: CheckOptions) => ReturnType<typeof runChecks>;
  }
}

window.verifyWebLlm = runChecks;
