/** The command line of `npm run eval`. */
import { expect, test } from "vitest";
import { readEvalOptions } from "../../scripts/lib/eval-options.ts";
import { MODES } from "../../src/terms/log.ts";
import { readRetrieval } from "../../src/terms/retrieval.ts";

const read = (line: string) => readEvalOptions(line.split(" "));

test("defaults", () => {
  expect(read("--seen s.json --unseen u.json")).toMatchObject({
    modes: MODES,
    seenLimit: Number.POSITIVE_INFINITY,
    limit: Number.POSITIVE_INFINITY,
    banks: ["static"],
    parts: ["unseen"],
    bankSizes: [],
    ks: [],
    seed: 1,
    models: [undefined],
    backends: ["wasm"],
    work: ".eval",
    thoughts: "drop",
    json: false,
    oracle: false,
    front: false,
    limits: {},
    workers: 1,
    datasets: [{ seen: "s.json", unseen: "u.json", split: undefined }],
  });
  expect(read("--unseen u.json").modes).toEqual(["none"]);
});

test("thoughts, by their names", () => {
  expect(read("--unseen u --thoughts keep").thoughts).toBe("keep");
  expect(() => read("--unseen u --thoughts some")).toThrow(/--thoughts some .* drop, keep, off/);
});

test("one file that is split stands for both", () => {
  expect(read("--file f.json")).toMatchObject({
    datasets: [{ seen: "f.json", unseen: "f.json", split: { unseenShare: 0.3, seed: 1 } }],
    modes: MODES,
  });
  expect(read("--file f --unseen-share 0.5 --seed 7 --workers 2").datasets[0]!.split).toEqual({
    unseenShare: 0.5,
    seed: 7,
  });
});

test("several files, models and backends", () => {
  const { datasets, models, backends } = read(
    "--file a --file b --model here --model there --backend wasm,webgpu",
  );
  expect(datasets.map(({ seen, unseen }) => [seen, unseen])).toEqual([
    ["a", "a"],
    ["b", "b"],
  ]);
  expect([models, backends]).toEqual([
    ["here", "there"],
    ["wasm", "webgpu"],
  ]);
});

test("placement and recording, with the modes that it has rows for", () => {
  expect(read("--seen s --unseen u").layout).toEqual({ placement: "front", recording: "re-encode" });
  const live = read("--seen s --unseen u --placement sink-first --recording live");
  expect(live.layout).toEqual({ placement: "sink-first", recording: "live" });
  expect(live.modes).toEqual(["none", "text-last", "text-all", "kv", "reflection"]);
});

test("a dynamic bank needs no seen questions", () => {
  expect(read("--unseen u --bank dynamic --seed 5")).toMatchObject({
    banks: ["dynamic"],
    seed: 5,
    modes: MODES,
  });
  expect(read("--unseen u --seen s --bank static,dynamic").banks).toEqual(["static", "dynamic"]);
});

test("curves over the bank and over k, and the parts that are asked", () => {
  const curves = read("--seen s --unseen u --bank-sizes 0,10,10,50 --ks 1,3 --parts seen,unseen --seed 4");
  expect(curves).toMatchObject({ bankSizes: [0, 10, 50], ks: [1, 3], parts: ["seen", "unseen"], seed: 4 });
});

test("limits as far as they are given", () => {
  expect(read("--unseen u --logs-per-step 5 --documents-per-step 0 --max-steps 12").limits).toEqual({
    logsPerStep: 5,
    documentsPerStep: 0,
    maxSteps: 12,
  });
  expect(read("--unseen u --max-new-tokens 64").limits).toEqual({ maxNewTokens: 64 });
  expect(read("--unseen u --min-similarity 0.35").limits).toEqual({ minSimilarity: 0.35 });
  expect(read("--unseen u --min-similarity 0").limits).toEqual({ minSimilarity: 0 });
  expect(read("--unseen u --min-relative-similarity .7").limits).toEqual({ minRelativeSimilarity: 0.7 });
  expect(() => read("--unseen u --min-similarity half")).toThrow(/--min-similarity half is no number/);
});

test("modes in the order given, once each", () => {
  expect(read("--seen s --unseen u --modes kv,none,kv").modes).toEqual(["kv", "none"]);
});

test("how logs and documents are found", () => {
  expect(read("--unseen u").retrieval).toEqual({
    retrieval: readRetrieval(),
    embedder: "models/embedded-retriever",
    query: {},
  });
  expect(read("--unseen u --retrieval fused,lexical --fusion 1,2 --embedder models/mine").retrieval).toEqual({
    retrieval: { logs: "fused", documents: "lexical", weights: { lexical: 1, dense: 2 } },
    embedder: "models/mine",
    query: { retrieval: "fused,lexical", fusion: "1,2", embedder: "models/mine" },
  });
});

test.each([
  ["--seen s.json", "--unseen is missing"],
  ["--unseen u --modes kv", "Mode kv needs logs"],
  ["--unseen u --modes fast", "--modes fast is not known"],
  ["--unseen u --limit 0", "--limit 0 is no count"],
  ["--unseen u --seen-limit 1.5", "--seen-limit 1.5 is no count"],
  ["--unseen u --backend cuda", "--backend cuda is not known"],
  ["--unseen u --fast", "--fast"],
  ["--unseen u --retrieval near", 'retrieval of logs is "near"'],
  ["--unseen u --fusion 1,2", "nothing is found by fused"],
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
  ["--unseen u --placement back", "--placement back is not known"],
  ["--unseen u --recording no", "--recording no is not known"],
  ["--seen s --unseen u --recording live --modes kv,kv-all", "mode kv-all reads others"],
  ["--unseen u --bank slow", "--bank slow is not known"],
  ["--unseen u --bank static,dynamic --modes kv", "Mode kv needs logs"],
  ["--unseen u --parts seen", "--parts seen asks seen questions again"],
  ["--seen s --unseen u --bank-sizes 1,x", '"x" is no whole number of at least 0'],
  ["--seen s --unseen u --ks 0", '"0" is no whole number of at least 1'],
  ["--seen s --unseen u --ks 1 --modes none", "--ks is a curve over logs of a static bank"],
  ["--unseen u --bank dynamic --bank-sizes 1", "--bank-sizes is a curve over logs of a static bank"],
  ["--seen s --unseen u --front --bank-sizes 1", "--front names logs of the whole bank"],
  ["--file a --file b --corpus c", "c would be the documents of 2 datasets"],
  ["--unseen u --front", "--front puts logs in front, which no mode that was given does"],
])("%s is refused: %s", (line, message) => {
  expect(() => read(line)).toThrow(expect.objectContaining({ name: "InputError" }));
  expect(() => read(line)).toThrow(message);
});
