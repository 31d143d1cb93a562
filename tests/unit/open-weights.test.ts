/** Which of a folder's weights run, by what the GPU can and what goes wrong on it; nothing else is fetched. */
import { describe, expect, it } from "vitest";
import type { Decoder } from "../../src/engine/decoder.ts";
import type { ModelFolder, ModelWeights } from "../../src/engine/model-folder.ts";
import {
  type OpenedWeights,
  type OpenWeightsOptions,
  type OpenWeightsParts,
  openWeights,
} from "../../src/engine/open-weights.ts";
import { GpuUnavailableError, ModelFileError, ModelUnsupportedError } from "../../src/terms/errors.ts";
import { folderOf } from "../support/open.ts";
import { configJson, TINY } from "../support/tiny-model.ts";

const HALF = "onnx/half.onnx";
const WHOLE = "onnx/whole.onnx";
const BOTH = { float32: WHOLE, float16: HALF };

interface Situation {
  /** `lag.weights`. Default both files. */
  readonly offered?: Readonly<Record<string, string>>;
  /** Whether the adapter has shader-f16. Default yes. */
  readonly hasF16?: boolean;
  /** Called when a file is fetched; may throw in its place. */
  readonly onFetch?: (path: string) => void;
  /** What opening the float16 weights on the GPU comes to. Default a decoder. */
  readonly onGpu?: (reasons: string[]) => Decoder | undefined;
}

/** Opens weights in a situation, and lists in order what was fetched and opened. */
function play(situation: Situation, options: OpenWeightsOptions) {
  const { offered = BOTH, hasF16 = true, onFetch } = situation;
  const happened: string[] = [];
  const { config } = folderOf({ ...configJson(TINY), lag: { weights: offered } }, new Uint8Array());
  const fetchWeights = async (path: string): Promise<ModelWeights> => {
    happened.push(`fetch ${path}`);
    onFetch?.(path);
    return { model: new TextEncoder().encode(path), externalData: [] };
  };
  const folder = { config, fetchWeights } as ModelFolder;
  const nameOf = ({ model }: ModelWeights) => new TextDecoder().decode(model);
  const parts: OpenWeightsParts = {
    hasF16: async () => {
      happened.push("ask the adapter");
      return hasF16;
    },
    onGpu: async (given, _, reasons) => {
      happened.push(`open ${nameOf(given)} on the GPU`);
      return situation.onGpu ? situation.onGpu(reasons) : decoder("webgpu");
    },
    anywhere: async (given, { backend, notices = [] }) => {
      happened.push(`open ${nameOf(given)} on ${backend}`);
      return { decoder: decoder("wasm"), notices: [...notices, "told by the second"] };
    },
  };
  const opened = openWeights(folder, options, parts);
  return { happened, opened, weightsOf: async () => nameOf((await opened).weights) };
}

function decoder(backend: Decoder["backend"]): Decoder {
  return { backend } as Decoder;
}

const lacks = (file: string) => (path: string) => {
  if (path === file) throw new ModelFileError(`${file} is not there.`);
};

const fallback = (backend: string) => [
  "ask the adapter",
  `fetch ${HALF}`,
  `open ${HALF} on the GPU`,
  `fetch ${WHOLE}`,
  `open ${WHOLE} on ${backend}`,
];

describe("open-weights", () => {
  it.each(["auto", "webgpu"] as const)(
    "%s: float16 where the adapter has shader-f16, and nothing else is fetched",
    async (backend) => {
      const { opened, happened, weightsOf } = play({}, { backend });
      expect(await opened).toMatchObject({ decoder: { backend: "webgpu" }, notices: [] });
      expect(await weightsOf()).toBe(HALF);
      expect(happened).toEqual(["ask the adapter", `fetch ${HALF}`, `open ${HALF} on the GPU`]);
    },
  );

  it("float16 that came up in a second way keeps what was said of the first", async () => {
    const onGpu = (reasons: string[]) => {
      reasons.push("The GPU was not used with subgroups.");
      return decoder("webgpu");
    };
    const { opened } = play({ onGpu }, { backend: "auto" });
    expect((await opened).notices).toEqual(["The GPU was not used with subgroups."]);
  });

  it.each([
    ["the adapter lacks shader-f16", { hasF16: false }, { backend: "auto" }, ["ask the adapter"], WHOLE],
    ["webgpu without shader-f16", { hasF16: false }, { backend: "webgpu" }, ["ask the adapter"], WHOLE],
    ["wasm", {}, { backend: "wasm" }, [], WHOLE],
    ["the folder has float32 alone", { offered: { float32: WHOLE } }, { backend: "auto" }, [], WHOLE],
    ["weights that were named", {}, { backend: "auto", path: "a.onnx" }, [], "a.onnx"],
    ["float16 named for wasm", {}, { backend: "wasm", path: HALF }, [], HALF],
  ] as const)("%s: only the one file is fetched", async (_, situation, options, before, file) => {
    const { opened, happened, weightsOf } = play(situation, options);
    expect((await opened).notices).toEqual(["told by the second"]);
    expect(await weightsOf()).toBe(file);
    expect(happened).toEqual([...before, `fetch ${file}`, `open ${file} on ${options.backend}`]);
  });

  it.each(["auto", "webgpu"] as const)("%s: wrong numbers in every way lead to float32", async (backend) => {
    const onGpu = (reasons: string[]) => {
      reasons.push("One way failed.", "The other failed.");
      return undefined;
    };
    const { opened, happened, weightsOf } = play({ onGpu }, { backend });
    expect((await opened).notices).toEqual([
      `The float16 weights (${HALF}) were not used: One way failed. The other failed. ` +
        `The float32 weights (${WHOLE}) are taken instead.`,
      "told by the second",
    ]);
    expect(await weightsOf()).toBe(WHOLE);
    expect(happened).toEqual(fallback(backend));
  });

  it.each([
    ["a graph that is refused", new ModelUnsupportedError("The graph has no logits.")],
    ["a file that cannot be opened", new ModelFileError("The weights cannot be opened.")],
    ["a backend that throws", new RangeError("out of memory")],
  ])("%s as float16 leads to float32", async (_, error) => {
    const onGpu = (reasons: string[]) => {
      reasons.push("One way failed.");
      throw error;
    };
    const { opened, happened, weightsOf } = play({ onGpu }, { backend: "auto" });
    const sentence = error.message.endsWith(".") ? error.message : `${error.message}.`;
    expect((await opened).notices[0]).toContain(`not used: One way failed. ${sentence} The float32`);
    expect(await weightsOf()).toBe(WHOLE);
    expect(happened).toEqual(fallback("auto"));
  });

  it("a float16 file that is missing leads to float32", async () => {
    const { opened, happened } = play({ onFetch: lacks(HALF) }, { backend: "auto" });
    expect((await opened).notices[0]).toContain(`not used: ${HALF} is not there. The float32`);
    expect(happened).toEqual(["ask the adapter", `fetch ${HALF}`, ...fallback("auto").slice(3)]);
  });

  it("a float32 file that is missing is an error, also after float16", async () => {
    const { opened } = play({ onFetch: lacks(WHOLE), onGpu: () => undefined }, { backend: "auto" });
    await expect(opened).rejects.toThrow(`${WHOLE} is not there.`);
  });

  describe("stopped", () => {
    const stops = (opened: Promise<OpenedWeights>) =>
      expect(opened).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));

    it("before anything is fetched", async () => {
      const { opened, happened } = play({}, { backend: "auto", signal: AbortSignal.abort() });
      await stops(opened);
      expect(happened).toEqual(["ask the adapter"]);
    });

    it.each([
      ["float16", HALF, true, ["ask the adapter", `fetch ${HALF}`]],
      ["float32", WHOLE, false, ["ask the adapter", `fetch ${WHOLE}`]],
    ])("while %s is fetched: nothing is opened and nothing else fetched", async (_, file, hasF16, wanted) => {
      for (const outcome of [() => {}, lacks(file)]) {
        const control = new AbortController();
        const onFetch = (path: string) => {
          control.abort();
          outcome(path);
        };
        const { opened, happened } = play({ onFetch, hasF16 }, { backend: "auto", signal: control.signal });
        await expect(opened).rejects.toThrow();
        expect(happened).toEqual(wanted);
      }
    });

    it.each([
      ["in vain", () => undefined],
      [
        "with an error",
        () => {
          throw new GpuUnavailableError("out of luck");
        },
      ],
    ])("while float16 was tried %s: float32 is not fetched", async (_, outcome) => {
      const control = new AbortController();
      const onGpu = () => {
        control.abort();
        return outcome();
      };
      const { opened, happened } = play({ onGpu }, { backend: "auto", signal: control.signal });
      await stops(opened);
      expect(happened).toEqual(fallback("auto").slice(0, 3));
    });
  });
});
