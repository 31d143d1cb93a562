/** A real model by others, run token by token, remembered whole and continued elsewhere: on every backend alike. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Decoder } from "../../src/engine/decoder.ts";
import type { Backend } from "../../src/engine/engine.ts";
import type { RunnableFolder } from "../../src/engine/open-on.ts";
import { greedy } from "../../src/engine/sample.ts";
import { largestDifference } from "./compare.ts";
import { givenPaths, readGiven } from "./given-files.ts";
import { folderOf, withDecoder } from "./open.ts";
import { storedAndReloaded } from "./reloaded.ts";
import { BOS, convertStories, STORIES, storiesDecoder } from "./stories260k.ts";
import { leftUnrotated } from "./unrotated.ts";

export interface StoriesSteps {
  /** Greedy steps from begin-of-text; the published output has 200. */
  readonly greedy: number;
  /** Steps continued from the remembered rows. */
  readonly continued: number;
}

const FIRST_POSITION = 57;

export function storiesSuite(backend: Backend, steps: StoriesSteps): void {
  if (givenPaths("stories260K/").length === 0) {
    console.warn("stories260K: not run, data absent");
    it.skip("stories260K (not run: data absent)", () => {});
    return;
  }

  describe(`stories260K on ${backend}`, () => {
    let folder: RunnableFolder;
    let decode: (ids: readonly number[]) => string;
    let published: string;

    beforeAll(async () => {
      const { config, model } = convertStories(await readGiven("stories260K/stories260K.bin"));
      folder = folderOf(config, model);
      decode = storiesDecoder(await readGiven("stories260K/tok512.bin"));
      published = new TextDecoder().decode(await readGiven("stories260K/expected-greedy-200.txt")).trim();
    });

    it(`${steps.greedy} greedy steps from begin-of-text are the published output`, async () => {
      const text = await withDecoder(folder, backend, async (decoder) => {
        const { ids } = await continueGreedily(decoder, await decoder.run([BOS]), steps.greedy);
        return decode(ids).trim();
      });
      expect(text.length).toBeGreaterThan(2 * steps.greedy);
      if (steps.greedy === 200) expect(text).toBe(published);
      else expect(published.startsWith(text), `${text} … starts ${published}`).toBe(true);
    });

    it(`the whole context, stored and placed at positions ${FIRST_POSITION}…, continues the same`, async () => {
      const told = await withDecoder(folder, backend, async (decoder) => {
        const start = await continueGreedily(decoder, await decoder.run([BOS]), steps.continued);
        const stored = await storedAndReloaded(await decoder.take(0, decoder.length));
        // The last token has been chosen but not run yet.
        const logits = await decoder.run([start.ids.at(-1)!]);
        return {
          stored,
          next: start.ids.at(-1)!,
          ...(await continueGreedily(decoder, logits, steps.continued)),
        };
      });
      const retold = await withDecoder(folder, backend, async (decoder) => {
        decoder.clear(FIRST_POSITION);
        await decoder.place([told.stored]);
        const { ids, logits } = await continueGreedily(
          decoder,
          await decoder.run([told.next]),
          steps.continued,
        );
        decoder.clear(FIRST_POSITION);
        await decoder.place([leftUnrotated(told.stored, FIRST_POSITION, { theta: STORIES.theta })]);
        return { ids, logits, control: await decoder.run([told.next]) };
      });
      expect(told.stored.tokens).toBe(steps.continued);
      expect(retold.ids).toEqual(told.ids);
      expect(largestDifference(retold.logits, told.logits)).toBeLessThanOrEqual(1e-3);
      const first = told.logits.slice(0, retold.control.length);
      expect(largestDifference(retold.control, first)).toBeGreaterThanOrEqual(1e-2);
    });
  });
}

/** Chooses `steps` tokens, runs all but the last, and returns them with all logits that chose them. */
async function continueGreedily(decoder: Decoder, first: Float32Array, steps: number) {
  const ids: number[] = [];
  const logits: number[] = [];
  let current = first;
  for (let step = 0; step < steps; step++) {
    if (step > 0) current = await decoder.run([ids.at(-1)!]);
    logits.push(...current);
    ids.push(greedy(current));
  }
  return { ids, logits };
}
