/** A hub that forwards, as the real one does: small files to another address of its own, large ones to a store. */
import { afterEach, describe, expect, it } from "vitest";
import { downloadModel } from "../../src/hub/download-model.ts";
import { planModel } from "../../src/hub/plan-model.ts";
import { listStored } from "../../src/hub/stored-models.ts";
import { COMMIT, type HubOptions, type HubServer } from "../support/hub-server.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { sourceOf, startTinyHub, WEIGHTS } from "../support/tiny-hub.ts";

const MODEL = "onnx/model.onnx";

let hub: HubServer;
let store: MemoryStore;
afterEach(() => hub.close());

async function open(options: Partial<HubOptions> = {}): Promise<void> {
  hub = await startTinyHub({ forwards: true, ...options });
  store = new MemoryStore();
}

async function download(token?: string) {
  const { source, asked } = sourceOf(hub, token);
  await downloadModel(await planModel(source, "webgpu"), "fp32", source, store);
  return asked;
}

const atStore = () => hub.requests.filter((request) => request.atStore);

async function expectWhole(): Promise<void> {
  const [model] = await listStored(store);
  expect(model).toMatchObject({ complete: true, revision: COMMIT });
  expect(Buffer.from(store.content.get(model!.key)!.get(`file ${MODEL}`)!).equals(WEIGHTS)).toBe(true);
}

describe("a hub that forwards", () => {
  it("gives a model whose small files lie elsewhere on it and whose weights in a store; the token stays with the hub", async () => {
    await open({ token: "secret" });
    const asked = await download("secret");
    await expectWhole();
    expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(new Set([hub.url]));
    expect(atStore().map(({ file }) => file)).toEqual([MODEL]);
    expect(atStore()[0]!.headers.authorization).toBeUndefined();
    const own = hub.requests.filter((request) => !request.atStore);
    expect(own.every(({ headers }) => headers.authorization === "Bearer secret")).toBe(true);
  });

  it.each<[string, Partial<HubOptions>]>([
    ["whose answers have a state", {}],
    ["that hides states", { says: { etag: false } }],
    ["that gives the rest whatever If-Range says", { ignoresIfRange: true }],
  ])("goes on behind what a store gave %s, at a new address of it", async (_, options) => {
    await open({ token: "secret", ...options });
    hub.fail(MODEL, { cutAfter: 100_000 });
    await download("secret");
    await expectWhole();
    expect(atStore().map(({ headers, status }) => [headers.range, status])).toEqual([
      [undefined, expect.any(Number)],
      [expect.stringMatching(/^bytes=\d+-$/), 206],
    ]);
    expect(atStore().reduce((sum, { sent }) => sum + sent, 0)).toBe(WEIGHTS.length);
  });

  it("is asked for another address when the store refuses one", async () => {
    await open();
    hub.fail(MODEL, { status: 403 }, { cutAfter: 100_000 }, { status: 403 });
    await download();
    await expectWhole();
    expect(atStore().length).toBe(4);
  });

  it("is named with its store when that refuses for good", async () => {
    await open();
    hub.failAlways(MODEL, { status: 403 });
    await expect(download()).rejects.toMatchObject({
      name: "DownloadError",
      message: `${MODEL} stopped at 0 of 300000 bytes: ${hub.storeUrl}, where ${hub.url} forwards to, answered with status 403 for ${MODEL}. What has arrived is kept. Check the connection and try again.`,
    });
  });

  it("that refuses a token itself is not taken for a store", async () => {
    await open({ token: "right" });
    await expect(download("wrong")).rejects.toThrow(/config\.json .* may not be read \(status 401\)/);
    expect(hub.requests.length).toBe(1);
  });
});
