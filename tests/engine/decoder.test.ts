/** Decoders on wasm: both forms of graph, 4-bit weights, half floats. */
import { decoderSuite } from "../support/decoder.suite.ts";

decoderSuite("fused rotation", {}, "wasm");
decoderSuite("separate rotation, head size 8", { rotation: "separate", headDim: 8 }, "wasm");
decoderSuite("fused rotation of neighbours", { pairs: "adjacent" }, "wasm");
decoderSuite("4-bit weights", { quantised: true }, "wasm");
decoderSuite("half floats", { dtype: "float16" }, "wasm", { tolerance: 3e-2 });
