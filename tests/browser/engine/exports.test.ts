/**
 * What exporters write, on a WebGPU adapter, in f32: every family in both forms that leave attention to one operator, and
 * plain graphs of two. A software adapter takes long to compile the many operators of those; all of them run on wasm.
 */
import { carried, exportsSuite } from "../../support/exports.suite.ts";

const PLAIN = ["qwen3/plain-f32", "glm/plain-f32"];

exportsSuite(
  carried.filter(
    ({ file, form, precision }) =>
      precision === "f32" &&
      (["fused", "separate"].includes(form) || PLAIN.includes(file.replace(".onnx.gz", ""))),
  ),
  "webgpu",
  async (file) => new Uint8Array(await (await fetch(`/tests/fixtures/exports/${file}`)).arrayBuffer()),
);
