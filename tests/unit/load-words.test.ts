/** What the page says of a load: its own words, whatever the worker's are. */
import { expect, it } from "vitest";
import { loadWords } from "../../src/app/load-words.ts";
import type { LoadProgress } from "../../src/client/protocol.ts";

const WORKER = "in the worker's words";
const said = (progress: Partial<LoadProgress> & Pick<LoadProgress, "phase">) =>
  loadWords({ progress: 0.5, loaded: 0, total: 0, text: WORKER, ...progress });

it("names the file, and how much there is of it where that is known", () => {
  expect(said({ phase: "fetch", file: "config.json" })).toBe("Fetching config.json");
  const bytes = { loaded: 1_500_000, total: 10_200_000 };
  expect(said({ phase: "fetch", file: "model.onnx", ...bytes })).toBe(
    "Fetching model.onnx 1.5 MB of 10.2 MB",
  );
  expect(said({ phase: "download", file: "model.onnx", ...bytes })).toMatch(
    /^Downloading model\.onnx 1\.5 MB/,
  );
  expect(said({ phase: "embedder", file: "model.onnx" })).toBe("Fetching the embedder, model.onnx");
});

it("says nothing of bytes while none is fetched", () => {
  const bytes = { loaded: 10_200_000, total: 10_200_000 };
  for (const phase of ["compile", "self-test", "ready"] as const)
    expect(said({ phase, ...bytes })).not.toMatch(/MB|worker/);
});

it("leaves WebLLM its own words, which name no file", () => {
  expect(said({ phase: "fetch" })).toBe(WORKER);
});
