/** The start-up self-tests on a WebGPU adapter: wrong numbers are caught, what is right is used, and it is said. */
import { describe, expect, it } from "vitest";
import { attentionReference } from "../../../src/engine/onnx/attention.reference.ts";
import { openDecoder } from "../../../src/engine/open-decoder.ts";
import { greedy } from "../../../src/engine/sample.ts";
import { acquireDevice } from "../../../src/gpu/device.ts";
import { tinyFolder } from "../../support/open.ts";
import { TINY } from "../../support/tiny-model.ts";

/** Right but for a scale that only shows in the numbers, not in which is the largest. */
const broken: typeof attentionReference = (shape, rows) =>
  attentionReference(shape, rows).map((x) => x * 1.01);

const SAFE = [{ subgroups: false, rows: "fixed" }] as const;

describe("self-test on webgpu", () => {
  it("auto runs on the GPU, with subgroups only where they compute rightly", async () => {
    const probe = await acquireDevice({ subgroups: true, f16: false });
    const hasSubgroups = probe.features.has("subgroups");
    probe.device.destroy();
    const { decoder, notices } = await openDecoder(tinyFolder(TINY), { backend: "auto" });
    expect(decoder.backend).toBe("webgpu");
    if (notices.length > 0) {
      expect(hasSubgroups).toBe(true);
      expect(notices).toEqual([
        expect.stringMatching(
          /not used with subgroups and with fixed rows: attention over \d+ rows .* is off by/,
        ),
      ]);
    }
    // Whichever way it came up, its numbers are right.
    const { decoder: reference } = await openDecoder(tinyFolder(TINY), { backend: "wasm" });
    const [got, wanted] = [await decoder.run([3, 14, 15, 92]), await reference.run([3, 14, 15, 92])];
    expect(Math.max(...got.map((x, i) => Math.abs(x - wanted[i]!)))).toBeLessThanOrEqual(1e-3);
    expect(greedy(got)).toBe(greedy(wanted));
    await decoder.dispose();
    await reference.dispose();
  });

  it("wrong numbers on the GPU are an error when the GPU was asked for", async () => {
    const opened = openDecoder(tinyFolder(TINY), {
      backend: "webgpu",
      gpuWays: SAFE,
      attentionReference: broken,
    });
    await expect(opened).rejects.toThrow(
      expect.objectContaining({
        name: "GpuUnavailableError",
        message: expect.stringMatching(/is off by.*wasm/s),
      }),
    );
  });

  it.each(["webgpu", "auto"] as const)(
    "weights that are no model are a file error on %s",
    async (backend) => {
      const junk = { ...tinyFolder(TINY), model: new Uint8Array(500).fill(7) };
      const opened = openDecoder(junk, { backend, gpuWays: SAFE });
      await expect(opened).rejects.toThrow(expect.objectContaining({ name: "ModelFileError" }));
    },
  );

  it("a GPU that is lost at once is no fault of the file: auto goes on with wasm", async () => {
    // A destroyed device runs nothing.
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...args) {
      const device = await request.apply(this, args);
      device.destroy();
      return device;
    };
    try {
      const { decoder, notices } = await openDecoder(tinyFolder(TINY), { backend: "auto", gpuWays: SAFE });
      expect(decoder.backend).toBe("wasm");
      expect(notices.join(" ")).toMatch(/The GPU was not used/);
      await decoder.dispose();
    } finally {
      GPUAdapter.prototype.requestDevice = request;
    }
  });

  it("a device that is lost ends running work with an error that says so", async () => {
    const devices: GPUDevice[] = [];
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...args) {
      const device = await request.apply(this, args);
      devices.push(device);
      return device;
    };
    try {
      const { decoder } = await openDecoder(tinyFolder(TINY), { backend: "webgpu", gpuWays: SAFE });
      const running = decoder.run(new Array<number>(200).fill(5));
      devices.at(-1)!.destroy();
      await expect(running).rejects.toThrow(expect.objectContaining({ name: "GpuLostError" }));
      await expect(decoder.run([1])).rejects.toThrow(expect.objectContaining({ name: "GpuLostError" }));
    } finally {
      GPUAdapter.prototype.requestDevice = request;
    }
  });
});
