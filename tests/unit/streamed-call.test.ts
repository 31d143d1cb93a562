/** Both ends of a streamed call, joined as page and worker join them. */
import { describe, expect, it } from "vitest";
import { streamed } from "../../src/client/stream.ts";
import { throwIfAborted } from "../../src/terms/errors.ts";
import { streamOver } from "../../workers/port-stream.ts";
import { TaskQueue } from "../../workers/task-queue.ts";

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

describe("a streamed call", () => {
  it("returns after its last event, however late that arrives", async () => {
    const heard: number[] = [];
    const result = await streamed<number, string>(
      (port) =>
        streamOver<number, string>(port, async (send) => {
          for (let n = 0; n < 100; n += 1) send(n);
          return "done";
        }),
      (n) => heard.push(n),
    );
    expect(result).toBe("done");
    expect(heard).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it("stops the other side when its signal aborts, also before the start", async () => {
    for (const before of [true, false]) {
      const controller = new AbortController();
      if (before) controller.abort();
      const call = streamed<string, void>(
        (port) =>
          streamOver<string, void>(port, async (send, signal) => {
            send("begun");
            for (;;) {
              throwIfAborted(signal);
              await pause();
            }
          }),
        () => controller.abort(),
        controller.signal,
      );
      await expect(call).rejects.toMatchObject({ name: "AbortError" });
    }
  });

  it("passes on what the call throws", async () => {
    const call = streamed(
      (port) => streamOver(port, () => Promise.reject(new Error("no room"))),
      () => {},
    );
    await expect(call).rejects.toThrow("no room");
  });
});

describe("TaskQueue", () => {
  it("runs one task at a time, in order, past those that fail", async () => {
    const queue = new TaskQueue();
    const order: string[] = [];
    const task = (name: string, fails = false) =>
      queue.run(async () => {
        order.push(`${name} begins`);
        await pause();
        order.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const results = await Promise.allSettled([task("a"), task("b", true), task("c")]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(order).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  });
});
