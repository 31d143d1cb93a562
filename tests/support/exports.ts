/** Reads models as the usual exporters write them, and what PyTorch says of them (`scripts/exporters`). */
import type { RunnableFolder } from "../../src/engine/open-on.ts";
import exported from "../fixtures/exports/exports.json" with { type: "json" };
import { folderOf } from "./open.ts";

export { exported };
export type Exported = (typeof exported)[number];

/** Reads a file of tests/fixtures/exports. */
export type ReadFixture = (file: string) => Promise<Uint8Array<ArrayBuffer>>;

/** What PyTorch says of a family: `reference.json`. */
export interface Reference {
  readonly ids: readonly number[];
  /** f32 `[token][vocab]`. */
  readonly logits: Float32Array;
  readonly logs: readonly { readonly earlier: readonly number[]; readonly last: readonly number[] }[];
  readonly main: readonly number[];
  /** Of `main` behind the last responses of the logs, in one masked pass. */
  readonly masked: Float32Array;
}

export async function readExported(
  { family, file }: Exported,
  read: ReadFixture,
): Promise<RunnableFolder & { readonly configFields: Record<string, unknown> }> {
  const configFields = JSON.parse(new TextDecoder().decode(await read(`${family}/config.json`)));
  return { ...folderOf(configFields, await unpacked(await read(file))), configFields };
}

export async function readReference(family: string, read: ReadFixture): Promise<Reference> {
  const stored = JSON.parse(new TextDecoder().decode(await read(`${family}/reference.json`)));
  return { ...stored, logits: floats(stored.logits), masked: floats(stored.masked) };
}

/** Some servers say what a packed file is, and the browser has unpacked it by then. */
async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function floats(base64: string): Float32Array {
  return new Float32Array(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)).buffer);
}
