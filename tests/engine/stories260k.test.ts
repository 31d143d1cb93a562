/** stories260K on wasm: all of the published output. */
import "fake-indexeddb/auto";
import { storiesSuite } from "../support/stories260k.suite.ts";

storiesSuite("wasm", { greedy: 200, continued: 200 });
