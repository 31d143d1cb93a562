/**
 * Where logs stand in the sequence of a step. A placement says what stands before them: the sink, behind which each
 * log is encoded too. What follows is the same for all.
 */
import type { Engine, GenerateRequest } from "../../engine/engine.ts";
import { ModelUnsupportedError } from "../../terms/errors.ts";
import type { Placement } from "../../terms/layout.ts";
import type { InFront } from "../modes/mode.ts";

export interface PromptPlacement {
  readonly name: Placement;
  /** Token ids that stand before the logs: of every prompt the first ones. */
  sinkOf(engine: Pick<Engine, "composeChat">): readonly number[];
}

export type Sequence = Required<Pick<GenerateRequest, "sink" | "prefix" | "ids">>;

/** The sink, then the pieces end to end, then the rest of the prompt. Throws ModelUnsupportedError. */
export function place(
  pieces: readonly InFront[],
  promptIds: readonly number[],
  sink: readonly number[],
): Sequence {
  if (sink.some((id, at) => promptIds[at] !== id)) {
    throw new ModelUnsupportedError(
      "The model's chat template does not begin all prompts alike, so logs cannot stand behind their beginning. " +
        "Choose the placement front.",
    );
  }
  const ids = pieces.flatMap((piece) => piece.ids);
  return {
    sink,
    prefix: pieces.flatMap(({ prefix }) => prefix),
    ids: [...ids, ...promptIds.slice(sink.length)],
  };
}
