/** What the committed generated sets promise, whatever a model makes of them. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { wordsOf } from "../../src/retrieve/words.ts";

interface Line {
  readonly title: string;
  readonly text: string;
  readonly only?: "seen" | "unseen";
}

const textOf = (file: string) => readFileSync(`tests/fixtures/generated/${file}`, "utf8");
const linesOf = (set: string) =>
  textOf(`${set}/corpus.jsonl`)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const phraseOf = (text: string) => ` ${wordsOf(text).join(" ")} `;

it("middle: no document of the test says a name that is asked for; those of the seen questions do", () => {
  const asked: { answer: string }[] = JSON.parse(textOf("middle/unseen.json"));
  const lines = linesOf("middle");
  const said = (only: Line["only"]) =>
    lines
      .filter((line) => line.only === only)
      .map(({ title, text }) => `${phraseOf(title)}|${phraseOf(text)}`);
  const [always, seen] = [said(undefined), said("seen")];
  for (const { answer } of asked) {
    expect(always.filter((text) => text.includes(phraseOf(answer)))).toEqual([]);
    expect(seen.some((text) => text.includes(phraseOf(answer)))).toBe(true);
  }
});

it("misleading: the first twenty questions need the logs of the first twenty alone", () => {
  const ids = (JSON.parse(textOf("misleading/seen.json")) as { _id: string }[]).map(({ _id }) => _id);
  const asked: { front: string[] }[] = JSON.parse(textOf("misleading/unseen.json"));
  for (const { front } of asked.slice(0, 20)) {
    expect(front).toHaveLength(3);
    for (const id of front) expect(ids.indexOf(id)).toBeLessThan(20);
  }
});
