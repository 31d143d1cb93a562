/**
 * A model that is not part of the page, under the page's own origin: a folder of this machine, or what an address on
 * the web gives, as the page itself takes no model of another origin.
 */
import { createReadStream, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { basename, join, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Plugin } from "vite";
import { InputError, messageOf } from "../../src/terms/errors.ts";

export interface ModelMount {
  /** Of the page's address, with a slash at its end. Its last part is the model's name. */
  readonly path: string;
  /** Absolute path of a folder, or a URL with a slash at its end. */
  readonly from: string;
}

/** `given`: a folder or an http(s) URL. Throws InputError when it is neither. */
export function mountModel(given: string): ModelMount {
  if (/^https?:\/\//.test(given)) {
    const url = new URL(given.endsWith("/") ? given : `${given}/`);
    // A model hub's address of files ends in the branch, which is no name.
    const named = url.pathname.replace(/\/resolve\/[^/]+\/$/, "/");
    return { path: `/given/${basename(named) || url.hostname}/`, from: url.href };
  }
  const folder = resolve(given);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InputError(
      `--model ${given} is no folder and no URL. Give one that holds a model's config.json.`,
    );
  }
  return { path: `/given/${basename(folder)}/`, from: folder };
}

/** Answers requests under the mount's path. */
export function serveMount({ path, from }: ModelMount): Plugin {
  return {
    name: "model-mount",
    configurePreviewServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? "/", "http://localhost");
        if (!pathname.startsWith(path)) return next();
        const file = decodeURIComponent(pathname.slice(path.length));
        const send = from.startsWith("http") ? sendFromWeb : sendFromFolder;
        send(from, file, request, response).catch((error: unknown) => {
          console.error(`${file} of ${from}: ${messageOf(error)}`);
          response.destroy();
        });
      });
    },
  };
}

async function sendFromFolder(
  folder: string,
  file: string,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const path = join(folder, file);
  const stat = path.startsWith(folder + sep) ? statSync(path, { throwIfNoEntry: false }) : undefined;
  if (!stat?.isFile()) return void response.writeHead(404).end();
  response.writeHead(200, { "Content-Length": stat.size, "Content-Type": typeOf(file) });
  if (request.method === "HEAD") return void response.end();
  await pipeline(createReadStream(path), response);
}

async function sendFromWeb(url: string, file: string, request: IncomingMessage, response: ServerResponse) {
  const answer = await fetch(new URL(file, url), { method: request.method ?? "GET" });
  const length = answer.headers.get("content-length");
  // The length of what was packed says nothing of what is passed on.
  const known = length !== null && !answer.headers.has("content-encoding");
  response.writeHead(answer.status, {
    "Content-Type": typeOf(file),
    ...(known && { "Content-Length": length }),
  });
  if (answer.body === null || request.method === "HEAD") return void response.end();
  await pipeline(Readable.fromWeb(answer.body as ReadableStream), response);
}

function typeOf(file: string): string {
  return file.endsWith(".json") ? "application/json" : "application/octet-stream";
}
