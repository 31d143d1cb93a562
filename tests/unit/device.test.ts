/** Asking for a GPU where there is none. Having one is tested in the browser. */
import { afterEach, expect, test, vi } from "vitest";
import { acquireDevice, adapterHasF16 } from "../../src/gpu/device.ts";

const none = { subgroups: false, f16: false };

afterEach(() => vi.unstubAllGlobals());

function refusal(message: RegExp) {
  return { name: "GpuUnavailableError", message: expect.stringMatching(message) };
}

test("device › no WebGPU at all is told with its cure", async () => {
  vi.stubGlobal("navigator", {});
  await expect(acquireDevice(none)).rejects.toMatchObject(refusal(/no WebGPU here.*choose the wasm backend/));
});

test("device › WebGPU without an adapter is told with its cure", async () => {
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => null } });
  await expect(acquireDevice(none)).rejects.toMatchObject(refusal(/no adapter.*choose the wasm backend/));
});

test("device › an adapter that gives no device is told with the browser's reason", async () => {
  const requestDevice = async () => {
    throw new Error("out of luck");
  };
  const adapter = { features: new Set(), limits: {}, requestDevice };
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => adapter } });
  await expect(acquireDevice(none)).rejects.toMatchObject(refusal(/gave no device: out of luck/));
});

test("device › features are asked for only when wanted and there", async () => {
  const asked: unknown[] = [];
  const adapter = {
    features: new Set(["subgroups"]),
    limits: { maxBufferSize: 77 },
    requestDevice: async (descriptor: unknown) => {
      asked.push(descriptor);
      return { features: new Set(), lost: new Promise(() => {}) };
    },
  };
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => adapter } });
  await acquireDevice({ subgroups: true, f16: true });
  await acquireDevice({ subgroups: false, f16: false });
  expect(asked).toMatchObject([
    { requiredFeatures: ["subgroups"], requiredLimits: { maxBufferSize: 77 } },
    { requiredFeatures: [] },
  ]);
});

test("device › whether there is shader-f16 is asked of the adapter of which a device would be asked", async () => {
  const asked: unknown[] = [];
  const give = (adapter: unknown) => {
    const requestAdapter = async (options: unknown) => {
      asked.push(options);
      return adapter;
    };
    vi.stubGlobal("navigator", { gpu: { requestAdapter } });
  };
  give({ features: new Set(["subgroups", "shader-f16"]) }); // has no requestDevice: none is made
  expect(await adapterHasF16()).toBe(true);
  give({ features: new Set(["subgroups"]) });
  expect(await adapterHasF16()).toBe(false);
  give({ features: new Set(), limits: {}, requestDevice: async () => ({}) });
  await acquireDevice(none);
  expect(asked[0]).toBeDefined();
  expect(asked[2]).toEqual(asked[0]);
});

test("device › without WebGPU or an adapter there is no shader-f16", async () => {
  vi.stubGlobal("navigator", {});
  expect(await adapterHasF16()).toBe(false);
  vi.stubGlobal("navigator", { gpu: { requestAdapter: async () => null } });
  expect(await adapterHasF16()).toBe(false);
  const requestAdapter = () => Promise.reject(new Error("the GPU process is gone"));
  vi.stubGlobal("navigator", { gpu: { requestAdapter } });
  expect(await adapterHasF16()).toBe(false);
});
