/** The command line of `npm run eval`. */
import { expect, test } from "vitest";
import { readEvalOptions } from "../../scripts/lib/eval-options.ts";

const read = (line: string) => readEvalOptions(line.split(" "));

test("defaults", () => {
  expect(read("--seen s.json --unseen u.json")).toMatchObject({
    modes: ["none", "text-last", "text-all", "kv", "kv-all", "kv-isolated"],
    seenLimit: Number.POSITIVE_INFINITY,
    limit: Number.POSITIVE_INFINITY,
    backend: "wasm",
    work: ".eval",
    json: false,
    oracle: false,
  });
  expect(read("--unseen u.json").modes).toEqual(["none"]);
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
])("%s is refused: %s", (line, message) => {
  expect(() => read(line)).toThrow(expect.objectContaining({ name: "InputError" }));
  expect(() => read(line)).toThrow(message);
});
