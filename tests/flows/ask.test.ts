/** `npm run ask`, as a shell sees it: standard output, standard error, exit status. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../scripts/lib/chromium.ts";

const QUESTION = "Where was the father of Bastian Rohmquist buried?";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "web-lag-ask-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

function ask(...args: string[]): Promise<Outcome> {
  return askWith({}, ...args);
}

function askWith(env: Record<string, string>, ...args: string[]): Promise<Outcome> {
  const options = { env: { ...process.env, ...env } };
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/ask.ts", ...args], options);
  let out = "";
  let err = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, out, err })));
}

describe("npm run ask", () => {
  it("prints one object with --json, and nothing else on standard output", async () => {
    const { status, out, err } = await ask(QUESTION, "--json", "--backend", "wasm", "--mode", "none");
    expect(status, err).toBe(0);
    const result = JSON.parse(out);
    expect(Object.keys(result)).toEqual([
      "answer",
      "steps",
      "mode",
      "trainedFor",
      "placement",
      "recording",
      "backend",
      "logs",
      "responses",
      "preparations",
      "timings",
    ]);
    expect(result).toMatchObject({
      mode: "none",
      trainedFor: true,
      backend: "wasm",
      logs: [],
      preparations: [],
    });
    expect(result.responses).toHaveLength(result.steps);
    for (const time of Object.values(result.timings)) expect(time).toEqual(expect.any(Number));
  });

  it("reads a corpus from a file and prints answer, steps, logs and timings for people", async () => {
    const corpus = join(folder, "corpus.jsonl");
    writeFileSync(corpus, '{"title": "Ostrel Vane", "text": "Ostrel Vane was born in Quillmouth."}\n');
    const { status, out, err } = await ask(
      "Where was Ostrel Vane born?",
      "--corpus",
      corpus,
      "--backend",
      "wasm",
    );
    expect(status, err).toBe(0);
    expect(out).toMatch(/^Step 1: Where was Ostrel Vane born\?\n {2}read: Ostrel Vane\n/);
    expect(out).toMatch(/\nAnswer: .+\nSteps: \d\nLogs used: 0\nMode kv, on wasm\. Load .* s, answer .* s/);
  });

  it("refuses a corpus with a bad line, by number, before anything starts", async () => {
    const corpus = join(folder, "bad.jsonl");
    writeFileSync(corpus, '{"title": "a", "text": "b"}\noops\n');
    const { status, out, err } = await ask("Who?", "--corpus", corpus, "--json");
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(err).toMatch(/bad\.jsonl: Line 2 is not JSON: oops\. Nothing was asked\./);
  });

  it("refuses a corpus that is not there", async () => {
    const { status, err } = await ask("Who?", "--corpus", join(folder, "absent.jsonl"));
    expect(status).toBe(1);
    expect(err).toMatch(/absent\.jsonl/);
  });

  it("shows how it is used with --help", async () => {
    const { status, out } = await ask("--help");
    expect(status).toBe(0);
    expect(out).toMatch(/^npm run ask -- "question" \[options\]\n[\s\S]*--profile/);
  });

  it("shows how it is used when an option is wrong", async () => {
    const { status, err } = await ask("Who?", "--mode", "fast");
    expect(status).toBe(1);
    expect(err).toMatch(/--mode is "fast".*[\s\S]*npm run ask -- "question" \[options\]/);
  });

  it("fails when webgpu is asked for and there is none, and never runs on wasm instead", async () => {
    const chromium = join(folder, "chromium-without-webgpu");
    const script = [
      "#!/bin/sh",
      'for arg; do shift; [ "$arg" = --enable-unsafe-webgpu ] || set -- "$@" "$arg"; done',
      `exec "${findChromium()}" "$@"`,
    ];
    writeFileSync(chromium, script.join("\n"), { mode: 0o755 });
    const { status, out, err } = await askWith(
      { CHROMIUM: chromium },
      QUESTION,
      "--backend",
      "webgpu",
      "--json",
    );
    expect({ status, out }).toEqual({ status: 1, out: "" });
    expect(err).toMatch(/WebGPU/);
  });

  it("finds the log of the first call again with --profile", async () => {
    const profile = join(folder, "profile");
    const first = await ask(QUESTION, "--profile", profile, "--json", "--backend", "wasm");
    expect(first.status, first.err).toBe(0);
    expect(JSON.parse(first.out).answer).toMatch(/\w/);
    expect(JSON.parse(first.out).answer).not.toMatch(/^unknown\W*$/i);
    const second = await ask(QUESTION, "--profile", profile, "--json", "--backend", "wasm");
    expect(second.status, second.err).toBe(0);
    const { logs } = JSON.parse(second.out);
    expect(logs).toEqual([expect.objectContaining({ question: QUESTION })]);
    expect(logs[0].rows).toBeGreaterThan(0);
    expect(logs[0].similarity).toBeGreaterThan(0.5);
  });
});
