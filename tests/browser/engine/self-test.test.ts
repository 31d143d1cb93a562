/** The start-up self-tests on a WebGPU adapter: wrong numbers are caught, what is right is used, and it is said. */
import { describe, expect, it } from "vitest";
import { attentionReference } from "../../../src/engine/onnx/attention.reference.ts";
import { openDecoder } from "../../../src/engine/open-decoder.ts";
import { greedy } from "../../../src/engine/sample.ts";
import { acquireDevice } from "../../../src/gpu/device.ts";
import { largestDifference } from "../../support/compare.ts";
import { tinyFolder } from "../../support/open.ts";
import { TINY } from "../../support/tiny-model.ts";

/** Right but for a scale that only shows in the numbers, not in which is the largest. */
const broken: typeof attentionReference = (shape, rows) =>
  attentionReference(shape, rows).map((x) => x * 1.01);

const SAFE = [{ subgroups: false, rows: "fixed" }] as const;

/** Runs `work` on devices without `shader-f16`, whatever the adapter has. */
async function withoutShaderF16(work: () => Promise<void>): Promise<void> {
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = function (descriptor = {}) {
    const features = [...(descriptor.requiredFeatures ?? [])].filter((name) => name !== "shader-f16");
    return request.call(this, { ...descriptor, requiredFeatures: features });
  };
  try {
    await work();
  } finally {
    GPUAdapter.prototype.requestDevice = request;
  }
}

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

  it("weights in 16 bits on a GPU without shader-f16: told once and why, run on wasm when that is allowed", async () => {
    const half = tinyFolder({ ...TINY, dtype: "float16" });
    const reason =
      "These weights compute in 16 bits and keep 16-bit rows, which needs shader-f16, and the GPU adapter lacks it. Use weights that compute in 32 bits.";
    await withoutShaderF16(async () => {
      await expect(openDecoder(half, { backend: "webgpu" })).rejects.toThrow(
        expect.objectContaining({
          name: "GpuUnavailableError",
          message: `${reason} Choose the wasm backend, or auto.`,
        }),
      );
      const { decoder, notices } = await openDecoder(half, { backend: "auto" });
      expect(decoder).toMatchObject({ backend: "wasm", dtype: "float16" });
      expect(notices).toEqual([reason, expect.stringMatching(/^Running on wasm/)]);
      await decoder.dispose();
    });
  });

  it("weights that are stored in 16 bits and compute in 32 run on a GPU without shader-f16", async () => {
    const folder = tinyFolder({ ...TINY, halved: true });
    const run = async (backend: "webgpu" | "wasm") => {
      const { decoder } = await openDecoder(folder, { backend, gpuWays: SAFE });
      expect(decoder).toMatchObject({ backend, dtype: "float32" });
      const logits = await decoder.run([3, 14, 15, 92]);
      await decoder.dispose();
      return logits;
    };
    await withoutShaderF16(async () => {
      expect(largestDifference(await run("webgpu"), await run("wasm"))).toBeLessThanOrEqual(1e-3);
    });
  });

  it("weights that compute in 16 bits between rows of 32 go to wasm without shader-f16, and it is said", async () => {
    const folder = tinyFolder({ ...TINY, halfInside: true });
    await withoutShaderF16(async () => {
      const { decoder, notices } = await openDecoder(folder, { backend: "auto" });
      expect(decoder).toMatchObject({ backend: "wasm", dtype: "float32" });
      expect(notices.join(" ")).toMatch(/16 bits.*shader-f16.*Running on wasm/);
      const { decoder: whole } = await openDecoder(tinyFolder(TINY), { backend: "wasm" });
      const [got, wanted] = [await decoder.run([3, 14, 15, 92]), await whole.run([3, 14, 15, 92])];
      expect(largestDifference(got, wanted)).toBeLessThanOrEqual(2e-2);
      await decoder.dispose();
      await whole.dispose();
      await expect(openDecoder(folder, { backend: "webgpu" })).rejects.toThrow(/shader-f16/);
    });
  });

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
