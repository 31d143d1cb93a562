/** Decoders on a WebGPU adapter: the same suites as on wasm. Half floats need a feature that adapters may lack. */
import { decoderSuite } from "../../support/decoder.suite.ts";

decoderSuite("fused rotation", {}, "webgpu");
decoderSuite("fused rotation", {}, "webgpu", { rows: "growing" });
decoderSuite("separate rotation, head size 8", { rotation: "separate", headDim: 8 }, "webgpu");
