/**
 * A model hub on this machine that speaks as huggingface.co does and fails as told: it cuts connections, falls
 * silent, announces wrong lengths, sends wrong bytes, changes files, and answers with any status.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Fault =
  | { readonly status: number; readonly retryAfter?: string }
  /** The connection is cut, or falls silent, after so many bytes of the answer. */
  | { readonly cutAfter: number }
  | { readonly stallAfter: number }
  /** The connection falls silent at this byte of the file, whatever part of it is asked for. */
  | { readonly stallAt: number }
  /** Another length than the file's is announced and sent. */
  | { readonly length: number }
  /** One byte of the answer is another. */
  | { readonly wrongByte: true }
  /** A page stands where the file should be. */
  | { readonly page: true }
  /** The file is another from this request on. */
  | { readonly changeTo: Uint8Array };

export interface HubOptions {
  /** Path in the model → content. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** Default "owner/tiny". */
  readonly id?: string;
  /** What the listing and the answers say of a file's state. Default all. */
  readonly says?: { readonly etag?: boolean; readonly sha256?: boolean; readonly commit?: boolean };
  /** Answers the rest of a file whatever If-Range says, as some servers do. */
  readonly ignoresIfRange?: boolean;
  /** The token without which everything is refused. */
  readonly token?: string;
  /**
   * As the real one: what is large is given out by a store of another origin, at addresses that work once and that
   * refuse whoever brings a token; the rest at another address of the hub itself.
   */
  readonly forwards?: boolean;
  /** Files on a page of the listing. Default all. */
  readonly pageSize?: number;
  /** Bytes in a second that a body is sent with. Default as fast as possible. */
  readonly bytesPerSecond?: number;
}

export interface HubRequestSeen {
  /** Path in the model, or "tree" for the listing. */
  readonly file: string;
  readonly revision: string;
  readonly headers: IncomingMessage["headers"];
  /** Of the answer. */
  status: number;
  /** Bytes of the answer's body that were sent. */
  sent: number;
  /** Whether it came to the store that the hub forwards to. */
  readonly atStore: boolean;
}

export interface HubServer {
  readonly url: string;
  /** Of the store that large files are forwarded to, where they are. */
  readonly storeUrl: string | undefined;
  readonly id: string;
  readonly requests: HubRequestSeen[];
  /** The next requests of a file (or "tree") fail in these ways, one each; after them all is well. */
  fail(file: string, ...faults: (Fault | undefined)[]): void;
  /** From the next request on, every one of this file fails so. */
  failAlways(file: string, fault: Fault): void;
  /** From the next request on, none of this file fails. */
  heal(file: string): void;
  close(): Promise<void>;
}

export const COMMIT = "0123456789abcdef0123456789abcdef01234567";
/** Before the path of what a hub gives out itself, where it forwards. */
const CACHED = "/api/resolve-cache";
const EXPOSED = "ETag, Content-Range, Link, X-Repo-Commit";

export async function startHub(options: HubOptions): Promise<HubServer> {
  const { id = "owner/tiny", says = {} } = options;
  const files = new Map(
    Object.entries(options.files).map(([path, content]) => [path, Buffer.from(content as Uint8Array)]),
  );
  // What was announced stays announced when a file changes.
  const announced = [...files].map(([path, bytes]) => entryOf(path, bytes, says.sha256 !== false));
  const faults = new Map<string, (Fault | undefined)[]>();
  const always = new Map<string, Fault>();
  const requests: HubRequestSeen[] = [];
  /** Of addresses at the store that were given out and not asked for yet. */
  const signatures = new Set<string>();

  const server = createServer((request, response) => answer(request, response, false));
  const store = options.forwards
    ? createServer((request, response) => answer(request, response, true))
    : undefined;

  function answer(request: IncomingMessage, response: ServerResponse, atStore: boolean): void {
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Expose-Headers", EXPOSED);
    if (request.method === "OPTIONS") {
      // As of the stores that real hubs forward to: what needs leave is not given leave. A hub lets tokens through.
      if (atStore || !options.forwards) return void response.writeHead(403).end();
      return void response.writeHead(204, { "Access-Control-Allow-Headers": "authorization" }).end();
    }
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://hub");
    const found = readPath(pathname.replace(CACHED, ""), id);
    if (!found) return void response.writeHead(404).end();
    const { headers } = request;
    const seen: HubRequestSeen = { ...found, headers, status: 0, sent: 0, atStore };
    requests.push(seen);
    response.on("finish", () => {
      seen.status = response.statusCode;
    });
    if (atStore && headers.authorization !== undefined) {
      return void response.writeHead(400).end("Only one way to sign a request may be used.");
    }
    if (atStore && !signatures.delete(searchParams.get("signature") ?? "")) {
      return void response.writeHead(403).end("Request has expired.");
    }
    if (options.forwards && !atStore && !pathname.startsWith(CACHED) && isAllowed(headers)) {
      const to = forwardedFrom(found.file, pathname);
      if (to !== undefined) {
        const bytes = files.get(found.file)!;
        const linked = {
          "X-Linked-Size": bytes.length,
          "X-Linked-ETag": '"of the hub"',
          ETag: '"of the answer"',
        };
        return void response.writeHead(302, { Location: to, "X-Repo-Commit": COMMIT, ...linked }).end();
      }
    }
    const fault = faults.get(found.file)?.shift() ?? always.get(found.file);
    if (fault && "changeTo" in fault) files.set(found.file, Buffer.from(fault.changeTo));
    if (!atStore && !isAllowed(headers)) {
      return void response.writeHead(401).end("Access to this model is restricted.");
    }
    if (fault && "status" in fault) {
      const wait = fault.retryAfter === undefined ? {} : { "Retry-After": fault.retryAfter };
      return void response.writeHead(fault.status, wait).end("No.");
    }
    if (fault && "page" in fault) {
      return void response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><p>Log in.");
    }
    if (found.file === "tree") return void sendTree(request, response);
    const bytes = files.get(found.file);
    if (!bytes) return void response.writeHead(404).end();
    void sendFile(request, response, bytes, fault, seen);
  }

  function isAllowed({ authorization }: IncomingMessage["headers"]): boolean {
    return options.token === undefined || authorization === `Bearer ${options.token}`;
  }

  /** Where the hub sends whoever asks for a file, or undefined for what it gives out itself. */
  function forwardedFrom(file: string, path: string): string | undefined {
    if (!files.has(file)) return undefined;
    if (!isLarge(file)) return CACHED + path;
    const signature = String(requests.length);
    signatures.add(signature);
    return `${addressOf(store!)}${path}?signature=${signature}`;
  }

  function sendTree(request: IncomingMessage, response: ServerResponse): void {
    const { pageSize = announced.length } = options;
    const url = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const from = Number(url.searchParams.get("cursor") ?? 0);
    if (from + pageSize < announced.length) {
      url.searchParams.set("cursor", String(from + pageSize));
      response.setHeader("Link", `<${url.href}>; rel="next"`);
    }
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(announced.slice(from, from + pageSize)));
  }

  async function sendFile(
    request: IncomingMessage,
    response: ServerResponse,
    bytes: Buffer,
    fault: Fault | undefined,
    seen: HubRequestSeen,
  ): Promise<void> {
    const tag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}"`;
    if (says.etag !== false) response.setHeader("ETag", tag);
    if (says.commit !== false) response.setHeader("X-Repo-Commit", COMMIT);
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
    const condition = request.headers["if-range"];
    const same = options.ignoresIfRange || condition === undefined || condition === tag;
    const from = range && same ? Number(range[1]) : 0;
    if (from >= bytes.length && from > 0) {
      return void response.writeHead(416, { "Content-Range": `bytes */${bytes.length}` }).end();
    }
    let body = Buffer.from(bytes.subarray(from));
    if (fault && "wrongByte" in fault) body[body.length >> 1]! ^= 0x20;
    if (fault && "length" in fault)
      body = Buffer.concat([body, Buffer.alloc(fault.length)]).subarray(0, fault.length);
    const partial = range && same;
    response.writeHead(partial ? 206 : 200, {
      "Content-Length": body.length,
      "Content-Type": "application/octet-stream",
      ...(partial && { "Content-Range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    });
    await sendSlowly(response, body.subarray(0, endOf(fault, from) ?? body.length), seen);
    // Ends the connection without taking back what is still on its way.
    if (fault && "cutAfter" in fault) response.socket?.destroySoon();
    else if (endOf(fault, from) === undefined) response.end();
  }

  async function sendSlowly(response: ServerResponse, body: Buffer, seen: HubRequestSeen): Promise<void> {
    const { bytesPerSecond } = options;
    const piece = bytesPerSecond === undefined ? 64 * 1024 : Math.max(1, Math.floor(bytesPerSecond / 20));
    for (let at = 0; at < body.length && !response.destroyed; at += piece) {
      const part = body.subarray(at, at + piece);
      await new Promise((resolve) => response.write(part, resolve));
      seen.sent += part.length;
      if (bytesPerSecond !== undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  const servers = store ? [server, store] : [server];
  for (const one of servers) await new Promise<void>((resolve) => one.listen(0, "127.0.0.1", resolve));
  return {
    url: addressOf(server),
    storeUrl: store && addressOf(store),
    id,
    requests,
    fail: (file, ...next) => void faults.set(file, next),
    failAlways: (file, fault) => void always.set(file, fault),
    heal(file) {
      faults.delete(file);
      always.delete(file);
    },
    async close() {
      for (const one of servers) {
        const closed = new Promise<void>((resolve) => void one.close(() => resolve()));
        one.closeAllConnections();
        await closed;
      }
    },
  };
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function isLarge(path: string): boolean {
  return path.endsWith(".onnx") || path.includes("_data");
}

/** Bytes of an answer from byte `from` of the file after which it breaks off, or undefined where it does not. */
function endOf(fault: Fault | undefined, from: number): number | undefined {
  if (fault && "cutAfter" in fault) return fault.cutAfter;
  if (fault && "stallAfter" in fault) return fault.stallAfter;
  return fault && "stallAt" in fault ? Math.max(0, fault.stallAt - from) : undefined;
}

/** `/api/models/{id}/tree/{revision}` or `/{id}/resolve/{revision}/{path}`. */
function readPath(path: string, id: string): { file: string; revision: string } | undefined {
  const tree = `/api/models/${id}/tree/`;
  if (path.startsWith(tree)) return { file: "tree", revision: decodeURIComponent(path.slice(tree.length)) };
  const resolve = `/${id}/resolve/`;
  if (!path.startsWith(resolve)) return undefined;
  const [revision, ...rest] = path.slice(resolve.length).split("/").map(decodeURIComponent);
  return { file: rest.join("/"), revision: revision! };
}

/** Large files are kept outside of git, as on the real one, where large means from 10 MB on. */
function entryOf(path: string, bytes: Buffer, withHash: boolean): object {
  const git = createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
  const entry = { type: "file", path, size: bytes.length };
  if (!withHash) return entry;
  if (!isLarge(path)) return { ...entry, oid: git };
  const oid = createHash("sha256").update(bytes).digest("hex");
  return { ...entry, oid: git, lfs: { oid, size: bytes.length, pointerSize: 134 } };
}
