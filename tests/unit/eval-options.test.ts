/** The command line of `npm run eval`. */
import { expect, test } from "vitest";
import { readEvalOptions } from "../../scripts/lib/eval-options.ts";
import { MODES } from "../../src/terms/log.ts";

const read = (line: string) => readEvalOptions(line.split(" "));

test("defaults", () => {
  expect(read("--seen s.json --unseen u.json")).toMatchObject({
    modes: MODES,
    seenLimit: Number.POSITIVE_INFINITY,
    limit: Number.POSITIVE_INFINITY,
    backend: "wasm",
    work: ".eval",
    json: false,
    oracle: false,
    front: false,
    limits: {},
    workers: 1,
    split: undefined,
  });
  expect(read("--unseen u.json").modes).toEqual(["none"]);
});

test("one file that is split stands for both", () => {
  expect(read("--file f.json")).toMatchObject({
    seen: "f.json",
    unseen: "f.json",
    split: { unseenShare: 0.3, seed: 1 },
    modes: MODES,
  });
  expect(read("--file f --unseen-share 0.5 --seed 7 --workers 2").split).toEqual({
    unseenShare: 0.5,
    seed: 7,
  });
});

test("limits as far as they are given", () => {
  expect(read("--unseen u --logs-per-step 5 --documents-per-step 0 --max-steps 12").limits).toEqual({
    logsPerStep: 5,
    documentsPerStep: 0,
    maxSteps: 12,
  });
  expect(read("--unseen u --max-new-tokens 64").limits).toEqual({ maxNewTokens: 64 });
});

test("modes in the order given, once each", () => {
  expect(read("--seen s --unseen u --modes kv,none,kv").modes).toEqual(["kv", "none"]);
});

test.each([
  ["--seen s.json", "--unseen is missing"],
  ["--unseen u --modes kv", "Mode kv needs logs"],
  ["--unseen u --modes fast", 'Mode "fast" is not known'],
  ["--unseen u --limit 0", "--limit 0 is no count"],
  ["--unseen u --seen-limit 1.5", "--seen-limit 1.5 is no count"],
  ["--unseen u --backend cuda", "--backend cuda is not known"],
  ["--unseen u --fast", "--fast"],
  ["--file f --seen s", "--file is split"],
  ["--file f --unseen u", "--file is split"],
  ["--unseen u --seed 2", "--seed is for a file that is split"],
  ["--unseen u --unseen-share 0.2", "--unseen-share is for a file that is split"],
  ["--file f --unseen-share 1", "--unseen-share 1 is no share"],
  ["--file f --unseen-share x", "--unseen-share x is no share"],
  ["--file f --seed -1", "--seed"],
  ["--file f --seed 1.5", "--seed 1.5 is no seed"],
  ["--unseen u --workers 0", "--workers 0 is no count"],
  ["--unseen u --max-steps 1.5", "--max-steps 1.5 is no count"],
  ["--unseen u --logs-per-step=-1", "--logs-per-step -1 is no count"],
  [
    "--unseen u --corpus c --documents-file d",
    "--corpus and --documents-file both say what the documents are",
  ],
  ["--unseen u --front", "--front puts logs in front, which no mode that was given does"],
])("%s is refused: %s", (line, message) => {
  expect(() => read(line)).toThrow(expect.objectContaining({ name: "InputError" }));
  expect(() => read(line)).toThrow(message);
});
