/** The embedded model on a WebGPU adapter. */
import { embeddedSuite } from "../../support/embedded.suite.ts";

embeddedSuite("webgpu", { url: "/models/embedded/" });
