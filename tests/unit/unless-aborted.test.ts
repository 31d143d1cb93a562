/** Waiting that can be given up, for work that cannot. */
import { expect, test } from "vitest";
import { unlessAborted } from "../../src/terms/unless-aborted.ts";

const never = new Promise<never>(() => {});

test("gives what was waited for, and its failure", async () => {
  const { signal } = new AbortController();
  expect(await unlessAborted(Promise.resolve("model"), signal)).toBe("model");
  await expect(unlessAborted(Promise.reject(new Error("no file")), signal)).rejects.toThrow("no file");
});

test("ends at once when stopped, while it waits and before", async () => {
  const controller = new AbortController();
  const waiting = unlessAborted(never, controller.signal);
  controller.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  await expect(unlessAborted(never, controller.signal)).rejects.toMatchObject({ name: "AbortError" });
});
