/** `--model`: a folder or an address, served under the page's own origin. Over real HTTP, both ends on this machine. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Connect, PreviewServer } from "vite";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type ModelMount, mountModel, serveMount } from "../../scripts/lib/model-mount.ts";

const CONFIG = '{"model_type": "llama"}';

let folder: string;
const servers: Server[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "web-lag-mount-"));
  mkdirSync(join(folder, "Big-1B", "onnx"), { recursive: true });
  writeFileSync(join(folder, "Big-1B", "config.json"), CONFIG);
  writeFileSync(join(folder, "Big-1B", "onnx", "model.onnx"), Buffer.from([1, 2, 3]));
  writeFileSync(join(folder, "secret.json"), "{}");
});
afterAll(() => {
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The origin of a page that has this model; what is not the model's is a teapot. */
function pageWith(mount: ModelMount): Promise<string> {
  const handlers: Connect.NextHandleFunction[] = [];
  const preview = { middlewares: { use: (handler: Connect.NextHandleFunction) => handlers.push(handler) } };
  const { configurePreviewServer } = serveMount(mount);
  (configurePreviewServer as (server: PreviewServer) => void)(preview as unknown as PreviewServer);
  return listen((request, response) => handlers[0]!(request, response, () => response.writeHead(418).end()));
}

describe("a folder", () => {
  test("has its own name in the page, and gives its files with type and length", async () => {
    const mount = mountModel(join(folder, "Big-1B"));
    expect(mount.path).toBe("/given/Big-1B/");
    const origin = await pageWith(mount);
    const config = await fetch(`${origin}/given/Big-1B/config.json`);
    expect(config.headers.get("content-type")).toBe("application/json");
    expect(await config.text()).toBe(CONFIG);
    const weights = await fetch(`${origin}/given/Big-1B/onnx/model.onnx`);
    expect(weights.headers.get("content-length")).toBe("3");
    expect(new Uint8Array(await weights.arrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
    const head = await fetch(`${origin}/given/Big-1B/onnx/model.onnx`, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "3"]);
  });

  test("gives nothing else: neither what it lacks, nor folders, nor what lies beside it", async () => {
    const origin = await pageWith(mountModel(join(folder, "Big-1B")));
    for (const path of ["tokenizer.json", "onnx", "..%2fsecret.json"]) {
      expect((await fetch(`${origin}/given/Big-1B/${path}`)).status, path).toBe(404);
    }
    expect((await fetch(`${origin}/index.html`)).status).toBe(418);
  });

  test.each(["nowhere", "secret.json"])("%s is refused: it is none", (name) => {
    const given = join(folder, name);
    expect(() => mountModel(given)).toThrow(`--model ${given} is no folder and no URL`);
    expect(() => mountModel(given)).toThrow(expect.objectContaining({ name: "InputError" }));
  });
});

describe("an address", () => {
  test.each([
    ["https://models.example/llama-1b", "/given/llama-1b/", "https://models.example/llama-1b/"],
    [
      "https://hub.example/some/llama-1b/resolve/main/",
      "/given/llama-1b/",
      "https://hub.example/some/llama-1b/resolve/main/",
    ],
    ["http://models.example", "/given/models.example/", "http://models.example/"],
  ])("%s has the name of its model", (given, path, from) => {
    expect(mountModel(given)).toEqual({ path, from });
  });

  test("is passed on: what it gives, that it lacks something, and no length of what came packed", async () => {
    const web = await listen((request, response) => {
      if (request.url === "/m/config.json") {
        const packed = gzipSync(CONFIG);
        response.writeHead(200, { "Content-Encoding": "gzip", "Content-Length": packed.length }).end(packed);
      } else if (request.url === "/m/onnx/model.onnx") {
        response.writeHead(200, { "Content-Length": 3 }).end(Buffer.from([4, 5, 6]));
      } else response.writeHead(404).end();
    });
    const origin = await pageWith(mountModel(`${web}/m`));
    expect(await (await fetch(`${origin}/given/m/config.json`)).text()).toBe(CONFIG);
    const weights = await fetch(`${origin}/given/m/onnx/model.onnx`);
    expect(weights.headers.get("content-length")).toBe("3");
    expect(new Uint8Array(await weights.arrayBuffer())).toEqual(new Uint8Array([4, 5, 6]));
    expect((await fetch(`${origin}/given/m/tokenizer.json`)).status).toBe(404);
  });

  test("that nobody answers at breaks the request off, and says why", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const origin = await pageWith(mountModel("http://127.0.0.1:9/m"));
    await expect(fetch(`${origin}/given/m/config.json`)).rejects.toThrow();
    expect(said).toHaveBeenCalledWith(
      expect.stringMatching(/^config\.json of http:\/\/127\.0\.0\.1:9\/m\/: /),
    );
    said.mockRestore();
  });
});
