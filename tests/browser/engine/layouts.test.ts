/** Modes and layouts on a WebGPU adapter. */
import { layoutsSuite } from "../../support/layouts.suite.ts";

layoutsSuite("webgpu", { url: "/models/embedded/" });
