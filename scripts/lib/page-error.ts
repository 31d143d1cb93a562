/** What a call into the page threw, without the trail that Playwright adds to it. For `.catch`. */
import { LagError } from "../../src/terms/errors.ts";

export function explain(error: Error): never {
  throw new LagError(error.message.replace(/^page\.evaluate: /, "").replace(/\n\s+at [\s\S]*$/, ""));
}
