/** stories260K on a WebGPU adapter. Fewer steps: a software adapter takes a good part of a second for each. */
import { storiesSuite } from "../../support/stories260k.suite.ts";

storiesSuite("webgpu", { greedy: 20, continued: 12 });
