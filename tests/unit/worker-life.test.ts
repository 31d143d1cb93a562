/** How the page learns that a worker is gone, with a worker and locks played by hand. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startWorker } from "../../src/client/worker-life.ts";

class PlayedWorker extends EventTarget {
  static last: PlayedWorker;
  terminated = false;
  constructor() {
    super();
    PlayedWorker.last = this;
  }
  terminate(): void {
    this.terminated = true;
  }
}

let releaseLock: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Worker", PlayedWorker);
  vi.stubGlobal("navigator", {
    locks: { request: (_: string, granted: () => void) => (releaseLock = granted) },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const sayAlive = () => PlayedWorker.last.dispatchEvent(new MessageEvent("message", { data: "alive" }));

test("a worker that never says that it lives is given up", async () => {
  const deaths: Error[] = [];
  const { died } = startWorker((error) => deaths.push(error));
  vi.advanceTimersByTime(59_000);
  expect(deaths).toEqual([]);
  vi.advanceTimersByTime(1_000);
  await expect(died).rejects.toMatchObject({
    name: "WorkerDiedError",
    message: expect.stringMatching(/did not start/),
  });
  expect(deaths).toHaveLength(1);
  expect(PlayedWorker.last.terminated).toBe(true);
});

test("a worker that lives is waited for as long as it holds its lock", async () => {
  const deaths: Error[] = [];
  const { died } = startWorker((error) => deaths.push(error));
  sayAlive();
  vi.advanceTimersByTime(3_600_000);
  expect(deaths).toEqual([]);
  releaseLock();
  await expect(died).rejects.toMatchObject({
    name: "WorkerDiedError",
    message: expect.stringMatching(/ended while/),
  });
  expect(deaths).toHaveLength(1);
});

test("an end that was asked for is no death to tell of", async () => {
  const deaths: Error[] = [];
  const life = startWorker((error) => deaths.push(error));
  life.end("Another model was loaded.");
  await expect(life.died).rejects.toThrow("Another model was loaded.");
  vi.advanceTimersByTime(3_600_000);
  expect(deaths).toEqual([]);
});

test("on a page that came over plain http it says what is missing, and starts nothing", () => {
  vi.stubGlobal("isSecureContext", false);
  vi.stubGlobal("location", { origin: "http://plain.example" });
  const create = vi.fn();
  expect(() => startWorker(() => {}, create)).toThrowError(
    expect.objectContaining({
      name: "LagError",
      message: expect.stringMatching(/came from http:\/\/plain\.example.* Serve it over https\./),
    }),
  );
  expect(create).not.toHaveBeenCalled();
});
