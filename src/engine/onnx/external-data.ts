/** Finds the files beside an `.onnx` file that hold its weights, and notices a file that is cut off. */
import { ModelFileError } from "../../terms/errors.ts";
import { readFields } from "./protobuf.ts";

const GRAPH = 7;
const INITIALIZER = 5;
const EXTERNAL_DATA = 13;
const KEY = 1;
const VALUE = 2;
const utf8 = new TextDecoder();

/**
 * Names of the external data files of a model, each once, in order of first use.
 * Throws ModelFileError naming `file` when the bytes are no whole ONNX model.
 */
export function externalFiles(model: Uint8Array, file: string): string[] {
  const names = new Set<string>();
  let graphs = 0;
  try {
    for (const graph of messages(model, GRAPH)) {
      graphs++;
      for (const tensor of messages(graph, INITIALIZER)) {
        for (const entry of messages(tensor, EXTERNAL_DATA)) {
          const location = entryValue(entry, "location");
          if (location !== undefined) names.add(location);
        }
      }
    }
  } catch (error) {
    throw new ModelFileError(
      `${file} is not a whole ONNX model (${(error as Error).message}; ${model.byteLength} bytes). ` +
        "Download the file again.",
    );
  }
  if (graphs !== 1) {
    throw new ModelFileError(
      `${file} holds ${graphs} graphs (${model.byteLength} bytes), an ONNX model holds one. Download the file again.`,
    );
  }
  return [...names];
}

function* messages(bytes: Uint8Array, wanted: number): Generator<Uint8Array> {
  for (const { field, value } of readFields(bytes)) {
    if (field === wanted && value !== undefined) yield value;
  }
}

function entryValue(entry: Uint8Array, key: string): string | undefined {
  const [name] = messages(entry, KEY);
  const [value] = messages(entry, VALUE);
  return name && value && utf8.decode(name) === key ? utf8.decode(value) : undefined;
}
