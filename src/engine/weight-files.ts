/** Which files of a model folder hold its weights, by the precision in which they compute: `lag.weights` of `config.json`. */
import { ModelFileError } from "../terms/errors.ts";

/** Paths in the folder. */
export interface WeightFiles {
  /** Computes in 32 bits, however its weights are stored: runs everywhere. */
  readonly float32: string;
  /** Computes in 16 bits and keeps 16-bit rows: for GPUs with `shader-f16`. */
  readonly float16?: string;
}

const DEFAULT: WeightFiles = { float32: "onnx/model.onnx" };
const PRECISIONS: readonly string[] = ["float32", "float16"] satisfies (keyof WeightFiles)[];
const CURE = "Correct config.json, or download the model folder again.";

/** `lag` is that field of `config.json`; most models have none. Throws ModelFileError, naming the field at fault. */
export function readWeightFiles(lag: unknown): WeightFiles {
  if (lag === undefined || lag === null) return DEFAULT;
  const { weights } = asFields(lag, "lag", "an object");
  if (weights === undefined || weights === null) return DEFAULT;
  const files = asFields(weights, "lag.weights", `an object such as {"float32": "${DEFAULT.float32}"}`);
  // A misspelt precision would never be used, and nobody would know why.
  const unknown = Object.keys(files).find((key) => !PRECISIONS.includes(key));
  if (unknown !== undefined) {
    throw new ModelFileError(
      `config.json: lag.weights names the precision ${JSON.stringify(unknown)}, expected float32 and float16. ${CURE}`,
    );
  }
  const float32 = pathIn(files, "float32");
  if (files.float16 === undefined || files.float16 === null) return { float32 };
  const float16 = pathIn(files, "float16");
  if (float16 === float32) {
    throw new ModelFileError(
      `config.json: lag.weights names ${float32} for float32 and for float16, expected a file for each. ${CURE}`,
    );
  }
  return { float32, float16 };
}

function asFields(value: unknown, name: string, expected: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new ModelFileError(`config.json: ${name} is ${JSON.stringify(value)}, expected ${expected}. ${CURE}`);
}

function pathIn(files: Readonly<Record<string, unknown>>, precision: keyof WeightFiles): string {
  const path = files[precision];
  if (typeof path === "string" && staysInside(path)) return path;
  throw new ModelFileError(
    `config.json: lag.weights.${precision} is ${path === undefined ? "missing" : JSON.stringify(path)}, ` +
      `expected the path of a file in the model folder, such as "${DEFAULT.float32}". ${CURE}`,
  );
}

/** Names with slashes between them: nothing that leads out of the folder or means something else in an address. */
function staysInside(path: string): boolean {
  const names = path.split("/");
  return names.every((name) => !["", ".", ".."].includes(name) && !/[\\:?#%]/.test(name));
}
