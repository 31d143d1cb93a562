/** The command line of `npm run eval`: read, checked, with defaults. */
import { parseArgs } from "node:util";
import type { BackendChoice } from "../../src/client/protocol.ts";
import { InputError, messageOf } from "../../src/terms/errors.ts";
import { MODES, type Mode } from "../../src/terms/log.ts";

export const USAGE = `npm run eval -- --seen FILE --unseen FILE [options]

  --seen FILE        2WikiMultiHop questions that fill the bank (needed by every mode but none)
  --unseen FILE      2WikiMultiHop questions that are asked
  --corpus FILE      JSON lines {"title", "text"} instead of documents made from the two files
  --modes A,B        of ${MODES.join(", ")} (default: all with --seen, else none)
  --seen-limit N     only the first N questions of the first file
  --limit N          only the first N questions of the second file
  --again            ask in the other words that the second file has ("again")
  --backend NAME     wasm (default), webgpu or auto
  --work DIR         where finished questions are kept (default .eval)
  --oracle           add a perfect reader under the same retrieval
  --json             one JSON object on standard output`;

export interface EvalOptions {
  readonly seen: string | undefined;
  readonly unseen: string;
  readonly corpus: string | undefined;
  readonly modes: readonly Mode[];
  readonly seenLimit: number;
  readonly limit: number;
  readonly again: boolean;
  readonly backend: BackendChoice;
  readonly work: string;
  readonly oracle: boolean;
  readonly json: boolean;
}

const BACKENDS = ["auto", "webgpu", "wasm"] as const satisfies readonly BackendChoice[];

/** Throws InputError that says what was given and what can be. */
export function readEvalOptions(args: readonly string[]): EvalOptions {
  const given = parse(args);
  if (given.unseen === undefined) throw new InputError(`--unseen is missing.\n\n${USAGE}`);
  const modes = modesOf(given.modes, given.seen !== undefined);
  const needing = modes.find((mode) => mode !== "none");
  if (needing !== undefined && given.seen === undefined) {
    throw new InputError(`Mode ${needing} needs logs. Give --seen FILE, whose questions fill the bank.`);
  }
  const backend = BACKENDS.find((name) => name === given.backend);
  if (backend === undefined) {
    throw new InputError(`--backend ${given.backend} is not known. Give one of ${BACKENDS.join(", ")}.`);
  }
  return {
    seen: given.seen,
    unseen: given.unseen,
    corpus: given.corpus,
    modes,
    seenLimit: limitOf(given["seen-limit"], "--seen-limit"),
    limit: limitOf(given.limit, "--limit"),
    again: given.again,
    backend,
    work: given.work,
    oracle: given.oracle,
    json: given.json,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seen: { type: "string" },
        unseen: { type: "string" },
        corpus: { type: "string" },
        modes: { type: "string" },
        "seen-limit": { type: "string" },
        limit: { type: "string" },
        again: { type: "boolean", default: false },
        backend: { type: "string", default: "wasm" },
        work: { type: "string", default: ".eval" },
        oracle: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new InputError(`${messageOf(error)}\n\n${USAGE}`);
  }
}

function modesOf(given: string | undefined, hasSeen: boolean): Mode[] {
  if (given === undefined) return hasSeen ? [...MODES] : ["none"];
  const names = [...new Set(given.split(",").map((name) => name.trim()))];
  return names.map((name) => {
    const mode = MODES.find((known) => known === name);
    if (mode === undefined)
      throw new InputError(`Mode "${name}" is not known. Give some of ${MODES.join(",")}.`);
    return mode;
  });
}

/** Infinity when no limit was given. */
function limitOf(given: string | undefined, option: string): number {
  if (given === undefined) return Number.POSITIVE_INFINITY;
  if (!/^[1-9]\d*$/.test(given))
    throw new InputError(`${option} ${given} is no count. Give a whole number above 0.`);
  return Number(given);
}
