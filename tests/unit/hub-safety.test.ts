/** What a hub may not do to whoever asks it, and what a browser without storage is told. */
import { describe, expect, it } from "vitest";
import { HubSource } from "../../src/hub/hub-source.ts";
import { listFiles } from "../../src/hub/list-files.ts";
import { openOpfsStore } from "../../src/hub/opfs-store.ts";
import { PATIENCE } from "../../src/hub/patience.ts";

const ADDRESS = { base: "https://hub.test", id: "owner/name", revision: "main" };

function listed(entries: unknown, link?: string) {
  const asked: string[] = [];
  const fetch = async (url: string) => {
    asked.push(url);
    return new Response(JSON.stringify(entries), { headers: link ? { link } : {} });
  };
  const files = listFiles(ADDRESS, { fetch, patience: PATIENCE }, new AbortController().signal);
  return { files, asked };
}

describe("a hub", () => {
  it.each(["https://elsewhere.test/next", "//elsewhere.test/next", "https://hub.test.elsewhere.test/"])(
    "may not lead the listing on to %s",
    async (next) => {
      const { files, asked } = listed([], `<${next}>; rel="next"`);
      await expect(files).rejects.toMatchObject({
        name: "DownloadError",
        message: expect.stringMatching(/goes on at .*elsewhere/),
      });
      expect(asked).toHaveLength(1);
    },
  );

  it.each([
    [{ type: "file", path: "../config.json", size: 1 }],
    [{ type: "file", path: "/etc/passwd", size: 1 }],
    [{ type: "file", path: "a\\b", size: 1 }],
    [{ type: "file", path: "a", size: -1 }],
    [{ type: "file", path: "a", size: "1" }],
    [{ type: "file", size: 1 }],
  ])("may not list %o", async (entry) => {
    await expect(listed([entry]).files).rejects.toMatchObject({
      name: "DownloadError",
      message: expect.stringMatching(/expected a path inside the model and a number of bytes/),
    });
  });

  it("lists hashes only where they are whole, and no folders", async () => {
    const sha256 = "a".repeat(64);
    const entries = [
      { type: "directory", path: "onnx", size: 0, oid: "b".repeat(40) },
      {
        type: "file",
        path: "onnx/model.onnx",
        size: 134,
        oid: "b".repeat(40),
        lfs: { oid: sha256, size: 5 },
      },
      { type: "file", path: "config.json", size: 7, oid: "b".repeat(40) },
      { type: "file", path: "other", size: 7, oid: "short" },
    ];
    expect(await listed(entries).files).toEqual([
      { path: "onnx/model.onnx", size: 5, sha256 },
      { path: "config.json", size: 7, gitSha1: "b".repeat(40) },
      { path: "other", size: 7 },
    ]);
  });

  it.each([
    ["http://hub.test", false],
    ["https://hub.test", true],
    ["http://127.0.0.1:80", true],
    ["http://hub.localhost", true],
    ["http://localhost.hub.test", false],
  ])("at %s gets a token: %s", (base, gets) => {
    const open = (token?: string) =>
      new HubSource({ ...ADDRESS, base }, { fetch, token, patience: PATIENCE });
    if (gets) expect(open("secret").address.base).toBe(base);
    else expect(() => open("secret")).toThrow(/everybody on the way could read it/);
    expect(open().address.base).toBe(base);
  });
});

it("where there is no file system of the browser, that is said, with the cure", async () => {
  await expect(openOpfsStore()).rejects.toMatchObject({
    name: "StorageError",
    message: expect.stringMatching(/no storage for models .* Use a current Chromium/),
  });
});
