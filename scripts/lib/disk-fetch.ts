/** Answers `file:` URLs from the disk the way a web server would, so that Node loads model folders as pages do. */
import { readFile } from "node:fs/promises";
import type { Fetch } from "../../src/engine/fetch-file.ts";

export const diskFetch: Fetch = async (url) => {
  try {
    const bytes = new Uint8Array(await readFile(new URL(url)));
    return new Response(bytes, { headers: { "content-length": String(bytes.byteLength) } });
  } catch {
    return new Response(null, { status: 404 });
  }
};
