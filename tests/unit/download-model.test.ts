/** Downloads through a hub that fails in every way: each ends in a whole model or in one clear error. */
import { afterEach, describe, expect, it } from "vitest";
import { type DownloadProgress, downloadModel } from "../../src/hub/download-model.ts";
import { ensureModel } from "../../src/hub/ensure-model.ts";
import { planModel } from "../../src/hub/plan-model.ts";
import { listStored, removeStored, storedFetch, storedUrl } from "../../src/hub/stored-models.ts";
import { COMMIT, type Fault, type HubOptions, type HubServer } from "../support/hub-server.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { sourceOf, startTinyHub, WEIGHTS } from "../support/tiny-hub.ts";

const MODEL = "onnx/model.onnx";
const OTHER = WEIGHTS.map((byte) => byte ^ 1);

/** Milliseconds after which a silent connection is given up, where one is tested. */
const SILENCE = 400;

let hub: HubServer;
let store: MemoryStore;
afterEach(() => hub.close());

async function open(options: Partial<HubOptions> = {}, limit?: number): Promise<void> {
  hub = await startTinyHub(options);
  store = new MemoryStore(limit);
}

/** Each call is a tab of its own: nothing but the store is kept between them. */
async function download(
  variant = "fp32",
  options: Parameters<typeof downloadModel>[4] = {},
  token?: string,
  stallMs?: number,
) {
  const { source } = sourceOf(hub, token, stallMs === undefined ? {} : { stallMs });
  return downloadModel(await planModel(source, "webgpu"), variant, source, store, options);
}

const failure = (run: Promise<unknown>): Promise<Error> =>
  run.then(
    () => {
      throw new Error("expected a failure");
    },
    (error) => error,
  );

/** What an engine would read. */
async function isStored(path: string, bytes: Uint8Array): Promise<boolean> {
  const [model] = await listStored(store);
  const response = await storedFetch(store, model!)(storedUrl(model!) + path);
  return Buffer.from(await response.arrayBuffer()).equals(bytes);
}

const weightRequests = () => hub.requests.filter(({ file }) => file === MODEL);

async function expectWhole(): Promise<void> {
  expect((await listStored(store)).map(({ complete }) => complete)).toEqual([true]);
  expect(await isStored(MODEL, WEIGHTS)).toBe(true);
}

async function expectNoModel(): Promise<void> {
  expect((await listStored(store)).filter(({ complete }) => complete)).toEqual([]);
}

describe("a download", () => {
  it("brings the files of one variant from one commit, counts every byte, and is listed and deleted", async () => {
    await open();
    const steps: DownloadProgress[] = [];
    const stored = await download("q4", { onProgress: (step) => steps.push(step) });
    expect(stored).toMatchObject({ id: hub.id, variant: "q4", revision: COMMIT, complete: true });
    const fetched = hub.requests.map(({ file }) => file).filter((file) => file.startsWith("onnx/"));
    expect(fetched).toEqual(["onnx/model_q4.onnx", "onnx/model_q4.onnx_data"]);
    expect(hub.requests.slice(1).every(({ revision }) => revision === COMMIT)).toBe(true);
    expect(await isStored("onnx/model_q4.onnx_data", WEIGHTS.subarray(0, 90_000))).toBe(true);
    expect(steps.at(-1)).toMatchObject({ loaded: stored.total, total: stored.total, phase: "verify" });
    const loaded = steps.map((step) => step.loaded);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(steps.every((step) => step.fileLoaded <= step.fileTotal)).toBe(true);

    expect((await listStored(store))[0]).toEqual(stored);
    await removeStored(store, stored.key);
    expect(await listStored(store)).toEqual([]);
    expect(store.content.size).toBe(0);
  });

  it("asks nobody but the hub that was given, and gives the token to nobody else", async () => {
    await open({ token: "secret", pageSize: 3 });
    const { source, asked } = sourceOf(hub, "secret");
    await downloadModel(await planModel(source, "webgpu"), "fp32", source, store);
    expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(new Set([hub.url]));
    expect(JSON.stringify([...store.content].map(([, files]) => [...files.keys()]))).not.toContain("secret");
    for (const [, files] of store.content) {
      for (const bytes of files.values()) expect(new TextDecoder().decode(bytes)).not.toContain("secret");
    }
    await expectWhole();
  });

  it("is asked for once: a model that is whole is not fetched again", async () => {
    await open();
    await download();
    const before = weightRequests().length;
    await download();
    expect(weightRequests().length).toBe(before);
  });

  it("is refused to a second tab while the first one is at it", async () => {
    await open();
    hub.fail(MODEL, { stallAfter: 1000 });
    let second: Promise<Error> | undefined;
    const onProgress = ({ file, fileLoaded }: DownloadProgress) => {
      if (file === MODEL && fileLoaded > 0) second ??= failure(download("fp32"));
    };
    const first = download("fp32", { onProgress }, undefined, SILENCE);
    await first;
    expect(await second).toMatchObject({ name: "StorageError" });
    await expectWhole();
  });
});

describe("a model by its name", () => {
  const ensure = (variant?: string, id = hub.id) => {
    const { source, asked } = sourceOf(hub);
    const named = Object.assign(source, { address: { ...source.address, id } });
    return ensureModel(named, store, { device: "webgpu", variant }).then((stored) => ({ stored, asked }));
  };

  it("is fetched in the variant that suits the device, and afterwards found with the hub gone", async () => {
    await open();
    expect((await ensure()).stored).toMatchObject({ variant: "q4", complete: true });
    await hub.close();
    const { stored, asked } = await ensure();
    expect(stored).toMatchObject({ variant: "q4", complete: true });
    expect(asked).toEqual([]);
    expect((await ensure("q4")).asked).toEqual([]);
    expect((await failure(ensure("fp32"))).name).toBe("DownloadError"); // that one was never fetched
    expect((await failure(ensure(undefined, "owner/other"))).name).toBe("DownloadError");
  });

  it("is not fetched where it needs more memory than there is room for; one that is kept was agreed to", async () => {
    await open();
    const within = (room: number) =>
      ensureModel(sourceOf(hub).source, store, { device: "webgpu", variant: "fp32", room });
    const refused = await failure(within(1000));
    expect(refused.name).toBe("TooLargeError");
    expect(refused.message).toMatch(/\(fp32\) needs about \d+\.\d MB of memory, .* about 0\.0 MB/);
    expect(weightRequests()).toEqual([]);
    await within(1e12);
    expect(await within(1000)).toMatchObject({ variant: "fp32", complete: true });
  });
});

describe("a download goes on", () => {
  it.each<[string, Fault]>([
    ["cut", { cutAfter: 100_000 }],
    ["silent", { stallAfter: 100_000 }],
  ])("behind what has arrived after a connection that was %s", async (_, fault) => {
    await open();
    hub.fail(MODEL, fault, fault);
    await download("fp32", {}, undefined, "stallAfter" in fault ? SILENCE : undefined);
    const requests = weightRequests();
    expect(requests.length).toBeGreaterThanOrEqual(3);
    expect(requests[0]!.headers.range).toBeUndefined();
    expect(requests[1]!.headers).toMatchObject({
      range: expect.stringMatching(/^bytes=\d+-$/),
      "if-range": expect.stringMatching(/^".+"$/),
    });
    expect(requests.reduce((sum, { sent }) => sum + sent, 0)).toBeLessThan(1.7 * WEIGHTS.length);
    await expectWhole();
  });

  it("in another tab after the first was closed", async () => {
    await open();
    hub.fail(MODEL, { stallAfter: 200_000 });
    const control = new AbortController();
    const stopped = failure(
      download("fp32", {
        signal: control.signal,
        onProgress: ({ file, fileLoaded }) => {
          if (file === MODEL && fileLoaded >= 200_000) control.abort();
        },
      }),
    );
    expect((await stopped).name).toBe("AbortError");
    const [half] = await listStored(store);
    expect(half).toMatchObject({ complete: false });
    expect(half!.loaded).toBeGreaterThanOrEqual(200_000);
    await download();
    expect(weightRequests().at(-1)!.headers.range).toBe("bytes=200000-");
    await expectWhole();
  });

  it.each([
    [429, "0"],
    [429, "1"],
    [500, undefined],
    [503, undefined],
  ] as const)("after status %i (Retry-After: %s)", async (status, retryAfter) => {
    await open();
    const fault = retryAfter === undefined ? { status } : { status, retryAfter };
    for (const file of ["tree", "config.json", MODEL]) hub.fail(file, fault);
    const from = Date.now();
    await download();
    if (retryAfter === "1") expect(Date.now() - from).toBeGreaterThanOrEqual(3000);
    await expectWhole();
  });

  it("where the hub says nothing about a file's state, as a hash will tell", async () => {
    await open({ says: { etag: false, commit: false } });
    hub.fail(MODEL, { cutAfter: 100_000 });
    await download();
    expect(weightRequests()[1]!.headers.range).toBeDefined();
    await expectWhole();
  });

  it("from the beginning where neither a state nor a hash is known", async () => {
    await open({ says: { etag: false, sha256: false } });
    hub.fail(MODEL, { cutAfter: 100_000 });
    await download();
    expect(weightRequests()[1]!.headers.range).toBeUndefined();
    await expectWhole();
  });

  it("where a request with If-Range gets no answer, with the range alone", async () => {
    await open();
    hub.fail(MODEL, { cutAfter: 100_000 });
    const { source } = sourceOf(hub);
    const access = (source as unknown as { access: { fetch: (url: string, init: RequestInit) => unknown } })
      .access;
    const { fetch } = access;
    access.fetch = (url, init) =>
      "If-Range" in (init.headers as object)
        ? Promise.reject(new TypeError("Failed to fetch"))
        : fetch(url, init);
    await downloadModel(await planModel(source, "webgpu"), "fp32", source, store);
    expect(weightRequests()[1]!.headers).toMatchObject({ range: expect.stringMatching(/^bytes=/) });
    expect(weightRequests().length).toBe(2);
    await expectWhole();
  });
});

describe("a file that changes between two ranges", () => {
  it("is noticed by its state, and begun anew when it is what was announced again", async () => {
    await open({ ignoresIfRange: true });
    hub.fail(MODEL, { changeTo: OTHER }, { changeTo: WEIGHTS });
    const control = new AbortController();
    const slow = failure(
      download("fp32", {
        signal: control.signal,
        onProgress: ({ file, fileLoaded }) => {
          if (file === MODEL && fileLoaded > 0) control.abort();
        },
      }),
    );
    expect((await slow).name).toBe("AbortError"); // a part of the other file is there
    await download();
    await expectWhole();
  });

  it.each<[string, Partial<HubOptions>]>([
    ["with states, If-Range honoured", {}],
    ["with states, If-Range ignored", { ignoresIfRange: true }],
    ["without states", { says: { etag: false } }],
  ])("%s: never two halves of different files, and an error when it stays another", async (_, options) => {
    await open(options);
    hub.fail(MODEL, { cutAfter: 100_000 }, { changeTo: OTHER });
    const error = await failure(download());
    expect(error.name).toBe("DownloadError");
    expect(error.message).toMatch(/model\.onnx of owner\/tiny is not what .* announces: its SHA-256 is/);
    await expectNoModel();
  });

  it.each<[string, Partial<HubOptions>]>([
    ["without states", { says: { etag: false, sha256: false } }],
    ["with states, If-Range honoured", { says: { sha256: false } }],
    ["with states, If-Range ignored", { says: { sha256: false }, ignoresIfRange: true }],
  ])("without hashes, %s: begun anew", async (_, options) => {
    await open(options);
    hub.fail(MODEL, { cutAfter: 100_000 }, { changeTo: OTHER });
    await download();
    expect(await isStored(MODEL, OTHER)).toBe(true); // a whole file: what it should be was never said
  });
});

describe("one clear error", () => {
  it.each<[string, Fault, RegExp]>([
    [
      "wrong length, more",
      { length: WEIGHTS.length + 5 },
      /300000 bytes in the hub's list, and the hub gives 300005/,
    ],
    ["wrong length, less", { length: 1000 }, /300000 bytes in the hub's list, and the hub gives 1000/],
    ["wrong bytes", { wrongByte: true }, /its SHA-256 is [0-9a-f]{64} instead of/],
    ["a page instead", { page: true }, /300000 bytes in the hub's list|stopped at|SHA-256/],
    ["401", { status: 401 }, /may not be read \(status 401\).*give a token/],
    ["403", { status: 403 }, /may not be read \(status 403\)/],
    ["404", { status: 404 }, /is not there at revision main \(status 404\)/],
    ["418", { status: 418 }, /answered with status 418/],
    ["429", { status: 429, retryAfter: "3600" }, /status 429.*asks to wait 3600 seconds/],
    ["500", { status: 500 }, /stopped at 0 of 300000 bytes: .* status 500.*try again/],
    ["a connection that is always cut", { cutAfter: 0 }, /stopped at 0 of 300000 bytes/],
    ["a connection that is always silent", { stallAfter: 0 }, /nothing came for 0\.4 seconds/],
  ])("for a file with %s, and the model is whole at the next try", async (_, fault, message) => {
    await open();
    hub.failAlways(MODEL, fault);
    const error = await failure(download("fp32", {}, undefined, "stallAfter" in fault ? SILENCE : undefined));
    expect(error).toMatchObject({ name: "DownloadError", message: expect.stringMatching(message) });
    await expectNoModel();
    // The same model of the same hub: what the fault left behind is gone on with, or gone.
    hub.heal(MODEL);
    await download();
    await expectWhole();
  });

  it.each<[Fault, RegExp]>([
    [{ status: 401 }, /The list of files of owner\/tiny may not be read/],
    [{ status: 404 }, /Correct the id or the revision/],
    [{ status: 500 }, /status 500 for The list of files.*try again/],
    [{ page: true }, /does not list the files of owner\/tiny as a hub does/],
  ])("for a list of files that fails with %o", async (fault, message) => {
    await open();
    hub.failAlways("tree", fault);
    expect(await failure(download())).toMatchObject({
      name: "DownloadError",
      message: expect.stringMatching(message),
    });
    await expectNoModel();
  });

  it("names the token when there was one", async () => {
    await open({ token: "right" });
    expect((await failure(download("fp32", {}, "wrong"))).message).toMatch(/with the account of the token/);
    expect((await failure(download("fp32"))).message).toMatch(/give a token/);
  });

  it("when the browser takes no more; what has arrived is kept", async () => {
    await open({}, 200_000);
    store.claimedRoom = 1e9; // browsers promise more than they keep
    expect((await failure(download())).name).toBe("StorageError");
    await expectNoModel();
    expect((await listStored(store))[0]!.loaded).toBeGreaterThan(0);
  });

  it("before anything is fetched when there is no room", async () => {
    await open({}, 200_000);
    const error = await failure(download());
    expect(error).toMatchObject({
      name: "StorageError",
      message: expect.stringMatching(/needs 300\d\d\d bytes more/),
    });
    expect(weightRequests()).toEqual([]);
  });

  it("small files are compared too", async () => {
    await open();
    hub.failAlways("tokenizer.json", { wrongByte: true });
    expect((await failure(download())).message).toMatch(/tokenizer\.json .* its git hash is/);
    await expectNoModel();
  });

  it("nothing is left of a model whose plan was torn", async () => {
    await open();
    const { key } = await download();
    store.content.get(key)!.set("plan.json", new TextEncoder().encode('{"id": "own'));
    expect(await listStored(store)).toEqual([]);
    await download();
    await expectWhole();
  });
});
