/**
 * A site that embeds the library, under the content security policy that a careful one has. Every name under
 * localhost leads to it, and is an origin of its own.
 */
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

/** Nothing from elsewhere, no evaluated text; scripts are vouched for by name. */
export const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "require-trusted-types-for 'script'",
  "trusted-types web-lag lit-html",
].join("; ");

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

export interface Site {
  readonly port: number;
  close(): Promise<void>;
}

/** `files`: paths of the site → a folder or file on disk, or a text. The longest path that fits counts. */
export async function serveSite(
  files: Readonly<Record<string, { disk: string } | { text: string }>>,
): Promise<Site> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const send = (status: number, body?: string) => response.writeHead(status, headers).end(body);
    const headers: Record<string, string | number> = { "Content-Security-Policy": POLICY };
    const mount = Object.keys(files)
      .filter((path) => pathname === path || (path.endsWith("/") && pathname.startsWith(path)))
      .sort((a, b) => b.length - a.length)[0];
    if (mount === undefined) return void send(404);
    headers["Content-Type"] = TYPES[extname(pathname)] ?? "application/octet-stream";
    const file = files[mount]!;
    if ("text" in file) return void send(200, file.text);
    const path = normalize(join(file.disk, pathname.slice(mount.length)));
    const stat = path.startsWith(file.disk) ? statSync(path, { throwIfNoEntry: false }) : undefined;
    if (!stat?.isFile() || path.includes(`..${sep}`)) return void send(404);
    headers["Content-Length"] = stat.size;
    response.writeHead(200, headers);
    if (request.method === "HEAD") response.end();
    else createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
