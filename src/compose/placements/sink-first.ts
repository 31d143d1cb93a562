/**
 * Placement `sink-first`: what every prompt of a model begins with (begin-of-text, system prompt, the head of the
 * user's turn) stands first, logs behind it, each encoded behind the same tokens: attention has its sink once, and
 * where the model learnt to find it.
 */
import type { Engine } from "../../engine/engine.ts";
import type { PromptPlacement } from "./placement.ts";

export const sinkFirst: PromptPlacement = { name: "sink-first", sinkOf: sharedBeginning };

type Composer = Pick<Engine, "composeChat">;

/** By model that is open. The instruction is part of the user's text, so it decides nothing. */
const known = new WeakMap<Composer, readonly number[]>();

/** The longest common token prefix of two prompts with different users' texts. */
function sharedBeginning(engine: Composer): readonly number[] {
  const found = known.get(engine) ?? commonPrefix(promptOf("0", engine), promptOf("?", engine));
  known.set(engine, found);
  return found;
}

function promptOf(content: string, engine: Composer): readonly number[] {
  return engine.composeChat([{ role: "user", content }]);
}

function commonPrefix(a: readonly number[], b: readonly number[]): readonly number[] {
  const differs = a.findIndex((id, at) => id !== b[at]);
  return differs < 0 ? a : a.slice(0, differs);
}
