/** What the bridge does with WebLLM's inner parts, by the calls that it makes: with a stand-in that writes them down. */
import { describe, expect, test } from "vitest";
import { Bridge, missingNames } from "../../src/engine/webllm/bridge.ts";
import { FUNCTIONS, fakeWebLlm, MODEL_ID } from "../support/fake-web-llm.ts";

describe("web-llm bridge › names", () => {
  test("none is missing where all are there", () => {
    expect(missingNames(fakeWebLlm().engine, MODEL_ID)).toEqual([]);
  });

  const NAMES = [
    "tvm",
    "kvCache",
    "device",
    "vm",
    "filledKVCacheLength",
    "contextWindowSize",
    "slidingWindowSize",
    "prefillChunkSize",
    "resetKVCache",
    "getInputData",
  ];
  for (const name of NAMES) {
    test(`${name} is missing`, () => {
      const { engine, pipeline } = fakeWebLlm();
      delete pipeline[name];
      expect(missingNames(engine, MODEL_ID).join()).toContain(name);
    });
  }

  const RUNTIME_NAMES = [
    "lib",
    "beginScope",
    "endScope",
    "getGlobalFunc",
    "detachFromCurrentScope",
    "listGlobalFuncNames",
    "registerFunc",
    "scalar",
    "makeShapeTuple",
    "empty",
  ];
  for (const name of RUNTIME_NAMES) {
    test(`tvm.${name} is missing`, () => {
      const { engine, tvm } = fakeWebLlm();
      delete tvm[name];
      expect(missingNames(engine, MODEL_ID).join()).toContain(`tvm.${name}`);
    });
  }

  for (const name of FUNCTIONS) {
    test(`the function ${name} is missing`, () => {
      const { engine } = fakeWebLlm({ functions: FUNCTIONS.filter((one) => one !== name) });
      expect(missingNames(engine, MODEL_ID)).toEqual([`vm.builtin.${name}`]);
    });
  }

  test("a name of another type counts as missing; so does the model", () => {
    const { engine, pipeline } = fakeWebLlm();
    pipeline.filledKVCacheLength = "0";
    expect(missingNames(engine, MODEL_ID)).toEqual(["filledKVCacheLength"]);
    expect(missingNames(engine, "another")).toEqual(["loadedModelIdToPipeline"]);
  });
});

describe("web-llm bridge › slots", () => {
  test("are reserved in parts of at most a chunk, and counted by the engine too", () => {
    const { engine, calls, pipeline } = fakeWebLlm({ chunk: 16 });
    const bridge = new Bridge(engine, MODEL_ID);
    calls.length = 0;
    bridge.reserve(37);
    expect(calls).toEqual(["begin 16", "end", "begin 16", "end", "begin 5", "end"]);
    expect([bridge.length, pipeline.filledKVCacheLength]).toEqual([37, 37]);
    bridge.drop(2);
    expect(calls.at(-1)).toBe("pop 2");
    expect([bridge.length, pipeline.filledKVCacheLength]).toEqual([35, 35]);
    bridge.reset();
    expect([bridge.length, pipeline.filledKVCacheLength]).toEqual([0, 0]);
  });

  test("rows go through the engine's attention layer by layer, part by part", () => {
    const { engine, calls } = fakeWebLlm({ chunk: 4 });
    const bridge = new Bridge(engine, MODEL_ID);
    calls.length = 0;
    const asked: string[] = [];
    const layout = { dtype: "float32", layers: 2, heads: 4, kvHeads: 2, headDim: 8 };
    bridge.append(6, layout, (layer, from, count) => {
      asked.push(`${layer}: ${count} from ${from}`);
      return new Uint8Array(count);
    });
    expect(asked).toEqual(["0: 4 from 0", "1: 4 from 0", "0: 2 from 4", "1: 2 from 4"]);
    expect(calls).toEqual([
      ...["begin 4", "write 4", "append layer 0", "write 4", "append layer 1", "end"],
      ...["begin 2", "write 2", "append layer 0", "write 2", "append layer 1", "end"],
    ]);
    expect(bridge.length).toBe(6);
  });

  test("a wait that would end the runtime is replaced", () => {
    const { engine, calls } = fakeWebLlm();
    new Bridge(engine, MODEL_ID);
    expect(calls).toEqual(["register __asyncify.WebGPUWaitForTasks"]);
  });

  test("a sliding window is told", () => {
    const { engine } = fakeWebLlm({ contextWindow: -1, slidingWindow: 48 });
    const bridge = new Bridge(engine, MODEL_ID);
    expect([bridge.slidingWindow, bridge.capacity]).toEqual([48, 48]);
  });
});

for (const buildsLater of [false, true]) {
  describe(`web-llm bridge › rows before a prompt that is built ${buildsLater ? "later (0.2.86)" : "at once (0.2.79)"}`, () => {
    const whole = [10, 11, 12, 13];
    const open = (contextWindow = 64) => {
      const fake = fakeWebLlm({ buildsLater, contextWindow, prompts: [whole, [13]] });
      const bridge = new Bridge(fake.engine, MODEL_ID);
      fake.calls.length = 0;
      const place = async () => {
        bridge.reserve(20);
        fake.calls.push("place 20");
      };
      return { ...fake, bridge, place };
    };

    test("the first prompt is whole, its window smaller by the rows, which lie in front of it", async () => {
      const { bridge, place, prefill, calls, pipeline } = open();
      const end = bridge.beforePrompts(20, place);
      await prefill();
      await end();
      expect(calls).toEqual([
        "build [10,11,12,13] window 44",
        "begin 16",
        "end",
        "begin 4",
        "end",
        "place 20",
        "prefill 4 filled 24",
      ]);
      expect(pipeline.contextWindowSize).toBe(64);
    });

    test("the next round of the conversation is the last one alone, and brings no rows again", async () => {
      const { bridge, place, prefill, calls } = open();
      const end = bridge.beforePrompts(20, place);
      await prefill();
      calls.length = 0;
      await prefill();
      await end();
      expect(calls).toEqual(["build [13] window 64", "prefill 1 filled 25"]);
    });

    test("a conversation that begins anew, as after an abort, has the rows in front of it again", async () => {
      const { bridge, place, prefill, reset, calls } = open();
      const end = bridge.beforePrompts(20, place);
      await prefill();
      reset();
      calls.length = 0;
      await prefill();
      await end();
      expect(calls.filter((call) => call.startsWith("b") === false && call !== "end")).toEqual([
        "place 20",
        "prefill 4 filled 24",
      ]);
    });

    test("a prompt that does not fit behind the rows is refused by WebLLM, and the window is as before", async () => {
      const { bridge, place, prefill, calls, pipeline } = open(22);
      const end = bridge.beforePrompts(20, place);
      await expect(prefill()).rejects.toMatchObject({ name: "ContextWindowSizeExceededError" });
      await end();
      expect(calls).toEqual(["build [10,11,12,13] window 2"]);
      expect([pipeline.contextWindowSize, pipeline.filledKVCacheLength]).toEqual([22, 0]);
    });

    test("a sliding window has no limit that could be smaller", async () => {
      const { bridge, place, prefill, calls } = open(-1);
      const end = bridge.beforePrompts(20, place);
      await prefill();
      await end();
      expect(calls[0]).toBe("build [10,11,12,13] window -1");
    });

    test("when it is over, prompts stand alone again", async () => {
      const { bridge, place, prefill, calls } = open();
      await bridge.beforePrompts(20, place)();
      await prefill();
      expect(calls).toEqual(["build [10,11,12,13] window 64", "prefill 4 filled 4"]);
    });

    test("rows that cannot be written are told, at the latest at the end", async () => {
      const { bridge, prefill } = open();
      const end = bridge.beforePrompts(20, () => Promise.reject(new Error("the GPU refused")));
      const outcome = await prefill()
        .then(end, (error: unknown) => Promise.reject(error))
        .catch((error) => error);
      expect(String(outcome)).toContain("the GPU refused");
    });
  });
}
