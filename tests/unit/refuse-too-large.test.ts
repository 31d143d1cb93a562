/** The library's own refusal of a model that the device has no room for, before a worker is started for it. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { createLag } from "../../src/api/lag.ts";
import { connect } from "../../src/client/connect.ts";
import { refuseTooLarge } from "../../src/client/refuse-too-large.ts";
import { SharedEngine } from "../../src/element/shared-engine.ts";
import { fakeClient } from "../../src/testing/fake-client.ts";

const MODEL = "https://here.example/models/large/";
const STARTED = "a worker was started";

afterEach(() => vi.unstubAllGlobals());

/** A device that tells of so many GiB, and a server whose folder has weights of so many bytes. */
function device(deviceMemory: number | undefined, bytes: number): void {
  vi.stubGlobal("navigator", { deviceMemory });
  const headers = { "content-length": String(bytes) };
  vi.stubGlobal("fetch", async () => new Response(null, { headers }));
}
const worker = () => {
  throw new Error(STARTED);
};

describe("a model that is too large", () => {
  it("is refused by connect and createLag with what is needed, what there is and what to do", async () => {
    device(1, 600e6);
    for (const refused of [
      connect({ worker }).load({ modelUrl: MODEL, backend: "wasm" }),
      createLag(MODEL, { worker }),
    ]) {
      await expect(refused).rejects.toMatchObject({
        name: "TooLargeError",
        message: expect.stringMatching(
          /^large needs about 1200\.0 MB of memory, .* about 536\.9 MB .* smaller model.*`anyMemory`\.$/,
        ),
      });
    }
  });

  it("is told to hooks and to calls that need the model", async () => {
    device(1, 600e6);
    const failures: unknown[] = [];
    const client = connect({ worker, onLoadFailed: (error) => failures.push(error) });
    const loading = client.load({ modelUrl: MODEL, backend: "wasm" });
    await expect(client.ask({ question: "Who?" })).rejects.toMatchObject({ name: "TooLargeError" });
    await expect(loading).rejects.toMatchObject({ name: "TooLargeError" });
    expect(failures).toHaveLength(1);
  });

  it("is loaded where a person insists, fits, or the browser does not tell", async () => {
    for (const [memory, bytes, anyMemory] of [
      [1, 600e6, true],
      [4, 600e6, false],
      [undefined, 600e6, false],
    ] as const) {
      device(memory, bytes);
      await expect(connect({ worker }).load({ modelUrl: MODEL, backend: "wasm", anyMemory })).rejects.toThrow(
        STARTED,
      );
    }
  });

  it("starts no worker where the client was closed while it was looked at", async () => {
    device(4, 600e6);
    const start = vi.fn(worker);
    const client = connect({ worker: start });
    const loading = client.load({ modelUrl: MODEL, backend: "wasm" });
    client.close();
    await expect(loading).rejects.toThrow("the client closed");
    expect(start).not.toHaveBeenCalled();
  });

  it("knows what a WebLLM model needs, and asks nothing about one that is kept", async () => {
    const modelUrl = "web-llm:Llama-3.1-8B-Instruct-q4f16_1-MLC";
    const load = { modelUrl, backend: "webgpu" } as const;
    await expect(refuseTooLarge(load, async () => 2e9)).rejects.toMatchObject({ name: "TooLargeError" });
    await refuseTooLarge({ ...load, model: { stored: "key" } }, async () => 2e9);
    await refuseTooLarge(load, async () => 8e9);
  });
});

it("an element's engine asks for any memory only where it is told to", async () => {
  const client = fakeClient({ says: [] });
  const load = vi.spyOn(client, "load");
  const choice = { modelUrl: MODEL, backend: "auto", bankName: "b" } as const;
  await new SharedEngine(choice, { client }).load();
  await new SharedEngine(choice, { client }).load(true);
  expect(load.mock.calls).toEqual([[choice], [{ ...choice, anyMemory: true }]]);
});
