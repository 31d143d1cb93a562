/** The device that the engine gets, on this machine's adapter. */
import { expect, test } from "vitest";
import { acquireDevice } from "../../../src/gpu/device.ts";

test("device › has the adapter's limits, not WebGPU's defaults", async () => {
  const adapter = await navigator.gpu.requestAdapter();
  const { device } = await acquireDevice({ subgroups: false, f16: false });
  for (const name of [
    "maxBufferSize",
    "maxStorageBufferBindingSize",
    "maxStorageBuffersPerShaderStage",
  ] as const) {
    expect(device.limits[name]).toBe(adapter!.limits[name]);
  }
  device.destroy();
});

test("device › has `subgroups` when it was asked for and the adapter has it, and never otherwise", async () => {
  const adapter = await navigator.gpu.requestAdapter();
  for (const subgroups of [false, true]) {
    const { device, features } = await acquireDevice({ subgroups, f16: false });
    expect(features.has("subgroups")).toBe(subgroups && adapter!.features.has("subgroups"));
    expect(features.has("shader-f16")).toBe(false);
    device.destroy();
  }
});

test("device › says when it is gone", async () => {
  const { device, lost } = await acquireDevice({ subgroups: false, f16: false });
  device.destroy();
  expect((await lost).reason).toBe("destroyed");
});
