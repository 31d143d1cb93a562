/** A text that ends a turn, from the folder to the response. */
import { expect, it } from "vitest";
import { openSpeaker, type SpeakerOptions } from "../support/tiny-speaker.ts";

async function say(options: SpeakerOptions = {}) {
  const engine = await openSpeaker(options);
  const ids = engine.composeChat([{ role: "user", content: "Who?" }]);
  const said = await engine.generate({ prefix: [], ids, maxNewTokens: 12 });
  await engine.dispose();
  return said;
}

it("a text that generation_config.json names ends the turn, and is not said", async () => {
  const { text, finish } = await say();
  expect(finish).toBe("length");
  const end = text.slice(5, 8);
  const cut = await say({ generation: { stop_strings: ["never said", end] } });
  expect(cut).toMatchObject({ finish: "end-of-turn", text: text.slice(0, text.indexOf(end)) });
  expect(cut.ids.length).toBeLessThan(12);
});
