/**
 * Mode `reflection`, after Dynamic Cheatsheet (arXiv 2504.07952). Encodes nothing to be used: before each step the
 * model is shown all that was said in the retrieved logs and writes a cheat sheet of it, one extra generation. The
 * next task sees that as plain tokens in front. Without logs nothing is generated.
 */
import { leastSimilar } from "../plan-prefix.ts";
import { reflectionMessage } from "../reflection-message.ts";
import { BLANK_LINE } from "./all-responses.ts";
import type { Desk, Piece, PromptMode, ReadyLog } from "./mode.ts";

/** New tokens of a cheat sheet, where the task allows as many. */
const LIMIT = 512;

export const reflection: PromptMode = {
  name: "reflection",
  remembers: true,
  encoding: null,
  tokensOf: () => 0,
  async prepare(all, desk) {
    const { logs, leftOut, ids } = asManyAsFit(all, desk);
    if (logs.length === 0) return { pieces: [], leftOut };
    const { engine, sampling, onText, signal } = desk;
    const maxNewTokens = limitOf(desk);
    const said = await engine.generate({
      prefix: [],
      ids,
      maxNewTokens,
      sampling,
      onText,
      ...(signal && { signal }),
    });
    const preparation = { text: said.text, promptTokens: ids.length, newTokens: said.ids.length };
    return { pieces: [cheatSheet(said.text, logs, desk)], leftOut, preparation };
  },
};

function limitOf({ room }: Desk): number {
  return Math.min(LIMIT, room);
}

/** One piece of all logs. It is tokenised again: what the model said may hold control tokens, its text does not. */
function cheatSheet(text: string, logs: readonly ReadyLog[], { engine }: Desk): Piece {
  const ids = text.trim() === "" ? [] : engine.tokenize(text.trim() + BLANK_LINE);
  const similarity = Math.max(...logs.map((log) => log.similarity));
  return { logs, similarity, tokens: ids.length, prefix: [], ids };
}

/** The logs that the model can read at once and still write, and the prompt with them. */
function asManyAsFit(all: readonly ReadyLog[], desk: Desk) {
  const { engine, question } = desk;
  const prompt = (logs: readonly ReadyLog[]) =>
    engine.composeChat([{ role: "user", content: reflectionMessage(logs, question) }]);
  const leftOut: ReadyLog[] = [];
  let logs = all;
  let ids = prompt(logs);
  while (logs.length > 0 && ids.length + limitOf(desk) > engine.model.contextLength) {
    const least = leastSimilar(logs)!;
    leftOut.push(least);
    logs = logs.filter((log) => log !== least);
    ids = prompt(logs);
  }
  return { logs, leftOut, ids };
}
