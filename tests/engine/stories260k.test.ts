/** stories260K on wasm: all of the published output. */
import { storiesSuite } from "../support/stories260k.suite.ts";

storiesSuite("wasm", { greedy: 200, continued: 60 });
