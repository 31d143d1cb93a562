/** A WebLLM model under the page's own origin: its library, and its files from several folders as a hub would give them. */
import { createReadStream, statSync } from "node:fs";
import { basename, extname, join } from "node:path";
import type { Plugin } from "vite";

export interface GivenModel {
  /** Absolute path of the compiled library, given out as `lib.wasm`. */
  readonly lib: string;
  /** The first that has a file gives it. */
  readonly folders: readonly string[];
}

const BASE = "/given-model/";
const TYPES: Readonly<Record<string, string>> = { ".json": "application/json", ".wasm": "application/wasm" };

export function serveModel({ lib, folders }: GivenModel): Plugin {
  return {
    name: "given-model",
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? "/", "http://localhost");
        if (!pathname.startsWith(BASE)) return next();
        const name = basename(pathname);
        const paths = name === "lib.wasm" ? [lib] : folders.map((folder) => join(folder, name));
        const found = paths.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
        if (found === undefined) {
          response.statusCode = 404;
          return response.end();
        }
        response.setHeader("content-type", TYPES[extname(found)] ?? "application/octet-stream");
        response.setHeader("content-length", statSync(found).size);
        createReadStream(found).pipe(response);
      });
    },
  };
}
