/**
 * Files that tests read, in Node and in the browser alike: the committed model folder, and the data that is given
 * beside the project on some machines. What is not there is `undefined`, and tests must say so by name.
 */

// Vite resolves these when it serves or runs this file: the keys are paths from here, the values URLs.
const urls: Record<string, string> = import.meta.glob(
  ["../../../shared/data/stories260K/*", "../../../shared/data/tokenizers/*/*.json"],
  { query: "?url", import: "default", eager: true },
);

/** Paths under `shared/data` that are there and start with `prefix`. */
export function givenPaths(prefix: string): string[] {
  const paths = Object.keys(urls).map((path) => path.slice("../../../shared/data/".length));
  return paths.filter((path) => path.startsWith(prefix)).sort();
}

/** Bytes of a file under `shared/data`. */
export async function readGiven(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = `../../../shared/data/${path}`;
  const url = urls[key];
  if (url === undefined) throw new Error(`${path} is not among the given data. Check givenPaths first.`);
  return read(url, new URL(key, import.meta.url));
}

async function read(url: string, file: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof document !== "undefined") return new Uint8Array(await (await fetch(url)).arrayBuffer());
  const { readFile } = await import("node:fs/promises");
  return new Uint8Array(await readFile(file));
}
