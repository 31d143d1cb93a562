/**
 * What exporters write, on a WebGPU adapter, in f32: each form once, of families that differ, and neighbours that turn.
 * A software adapter takes long to compile the many operators of a plain graph; all of them run on wasm.
 */
import { carried, exportsSuite } from "../../support/exports.suite.ts";

const FILES = ["llama/fused-f32", "qwen2/separate-f32", "qwen3/plain-f32", "glm/plain-f32"];

exportsSuite(
  carried.filter(({ file }) => FILES.includes(file.replace(".onnx.gz", ""))),
  "webgpu",
  async (file) => new Uint8Array(await (await fetch(`/tests/fixtures/exports/${file}`)).arrayBuffer()),
);
