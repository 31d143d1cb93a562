/** What elements of a page share, and what each has to itself. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SharedEngine, shareEngine } from "../../src/element/shared-engine.ts";
import { fakeClient } from "../../src/testing/fake-client.ts";

const CHOICE = { modelUrl: "https://here.example/models/m/", backend: "auto", bankName: "web-lag" } as const;
const about = (title: string) => [{ title, text: `About ${title}, the letter.` }];

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("elements with different documents each get answers from their own, however they take turns", async () => {
  const prompts: string[] = [];
  const client = fakeClient({
    says: ({ prompt }) => {
      prompts.push(prompt);
      return "<ans> yes </ans>";
    },
  });
  const engine = new SharedEngine(CHOICE, { client });
  await engine.load();
  const set = vi.spyOn(client, "setCorpus");
  const [alpha, beta] = [about("alpha"), about("beta")];
  const ask = (documents: typeof alpha) =>
    engine.ask({ question: "Which letter?", mode: "none" }, documents, {});
  await Promise.all([ask(alpha), ask(beta), ask(beta), ask(alpha)]);
  const read = prompts.map((prompt) => /alpha|beta/.exec(prompt)?.[0]);
  expect(read).toEqual(["alpha", "beta", "beta", "alpha"]);
  expect(set).toHaveBeenCalledTimes(3);
});

test("a question that was stopped while it waited is not asked", async () => {
  const client = fakeClient({ says: ["<ans> yes </ans>"] });
  const engine = new SharedEngine(CHOICE, { client });
  await engine.load();
  const asked = vi.spyOn(client, "ask");
  const stop = new AbortController();
  const first = engine.ask({ question: "One?" }, [], {});
  const second = engine.ask({ question: "Two?" }, [], { signal: stop.signal });
  stop.abort();
  await expect(second).rejects.toMatchObject({ name: "AbortError" });
  await first;
  expect(asked).toHaveBeenCalledTimes(1);
});

test("the same choice is one engine, which ends some time after its last user", () => {
  const first = shareEngine(CHOICE);
  const close = vi.spyOn(first.client, "close");
  expect(shareEngine({ ...CHOICE })).toBe(first);
  expect(shareEngine({ ...CHOICE, bankName: "another" })).not.toBe(first);
  first.release();
  first.release();
  vi.advanceTimersByTime(5_000);
  expect(shareEngine(CHOICE), "moved within the page").toBe(first);
  vi.advanceTimersByTime(60_000);
  expect(close).not.toHaveBeenCalled();
  first.release();
  vi.advanceTimersByTime(60_000);
  expect(close).toHaveBeenCalledTimes(1);
  expect(shareEngine(CHOICE)).not.toBe(first);
});

test("a client that was given is not ended", () => {
  const client = fakeClient({ says: [] });
  const close = vi.spyOn(client, "close");
  shareEngine(CHOICE, client).release();
  vi.advanceTimersByTime(60_000);
  expect(close).not.toHaveBeenCalled();
});
