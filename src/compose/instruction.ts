/** Which instruction opens the user message: the short one that the embedded model was trained on, or the full one. */
import type { ModelInfo } from "../engine/engine.ts";
import full from "./instruction-full.txt?raw";
import short from "./instruction-short.txt?raw";

/** The instruction text that the model knows, or the full one that explains the tags to any model. */
export function instructionFor(model: Pick<ModelInfo, "instruction">): string {
  return model.instruction === "short" ? short : full;
}
