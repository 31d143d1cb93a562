/** What a compiled WebLLM library says of itself: a JSON text among its data. */
import { InputError } from "../../src/terms/errors.ts";

export interface LibraryMetadata {
  readonly model_type: string;
  readonly quantization: string;
  readonly params: readonly LibraryParameter[];
}

export interface LibraryParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** `wasm` is the file. Throws InputError when it is no such library. */
export function readLibraryMetadata(wasm: Buffer, name: string): LibraryMetadata {
  const start = wasm.indexOf('{"model_type"');
  const end = start < 0 ? -1 : endOfObject(wasm, start);
  if (end < 0) {
    throw new InputError(
      `${name} says nothing of a model. Give a library that WebLLM compiled, *-webgpu.wasm.`,
    );
  }
  return JSON.parse(wasm.toString("utf8", start, end)) as LibraryMetadata;
}

/** Behind the brace that closes the one at `start`; its texts hold no brace. */
function endOfObject(bytes: Buffer, start: number): number {
  let open = 0;
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] === 0x7b) open++;
    if (bytes[at] === 0x7d && --open === 0) return at + 1;
  }
  return -1;
}
