/** The command line of `npm run eval`: read, checked, with defaults. */
import { parseArgs } from "node:util";
import type { BackendChoice } from "../../src/client/protocol.ts";
import { InputError, messageOf } from "../../src/terms/errors.ts";
import { MODES, type Mode } from "../../src/terms/log.ts";
import { LIMIT_OPTIONS, LIMIT_USAGE, limitsOf } from "./limit-options.ts";

export const USAGE = `npm run eval -- --seen FILE --unseen FILE [options]
npm run eval -- --file FILE [--unseen-share 0.3] [--seed 1] [options]

  --seen FILE        questions that fill the bank (needed by every mode but none)
  --unseen FILE      questions that are asked; both files of one form: 2WikiMultiHop, MuSiQue,
                     GPQA or MMLU-Pro
  --file FILE        one file in place of the two, split by a seed
  --unseen-share X   share of --file that is unseen (default 0.3)
  --seed S           seed of the split (default 1)
  --corpus FILE      JSON lines {"title", "text"} instead of documents made from the two files;
                     with "only": "seen" or "unseen" a document is there only while the bank is
                     filled, or only during the test
  --documents-file FILE
                     one JSON object of all documents instead: title → content (2WikiMultiHop),
                     id → {title, content} (MuSiQue)
  --modes A,B        of ${MODES.join(", ")}
                     (default: all with seen questions, else none)
  --seen-limit N     only the first N seen questions
  --limit N          only the first N unseen questions
  --again            ask in the other words that the file has ("again")
  --front            put the logs in front that a question names ("front": ids of seen questions)
                     instead of what retrieval finds
  --backend NAME     wasm (default), webgpu or auto
  --workers N        pages that share the questions (default 1)
  --work DIR         where finished questions are kept (default .eval)
  --oracle           add a perfect reader under the same retrieval
  --json             one JSON object on standard output

${LIMIT_USAGE}`;

export interface EvalOptions {
  readonly seen: string | undefined;
  readonly unseen: string;
  /** Both files are one, to be split. */
  readonly split: { readonly unseenShare: number; readonly seed: number } | undefined;
  readonly corpus: string | undefined;
  readonly documentsFile: string | undefined;
  readonly modes: readonly Mode[];
  readonly seenLimit: number;
  readonly limit: number;
  readonly again: boolean;
  readonly front: boolean;
  /** As far as they were given. */
  readonly limits: ReturnType<typeof limitsOf>;
  readonly backend: BackendChoice;
  readonly workers: number;
  readonly work: string;
  readonly oracle: boolean;
  readonly json: boolean;
}

const BACKENDS = ["auto", "webgpu", "wasm"] as const satisfies readonly BackendChoice[];

/** Throws InputError that says what was given and what can be. */
export function readEvalOptions(args: readonly string[]): EvalOptions {
  const given = parse(args);
  const { seen, unseen, split } = filesOf(given);
  const modes = modesOf(given.modes, seen !== undefined);
  const needing = modes.find((mode) => mode !== "none");
  if (needing !== undefined && seen === undefined) {
    throw new InputError(`Mode ${needing} needs logs. Give --seen FILE, whose questions fill the bank.`);
  }
  const backend = BACKENDS.find((name) => name === given.backend);
  if (backend === undefined) {
    throw new InputError(`--backend ${given.backend} is not known. Give one of ${BACKENDS.join(", ")}.`);
  }
  if (given.corpus !== undefined && given["documents-file"] !== undefined) {
    throw new InputError("--corpus and --documents-file both say what the documents are. Give one of them.");
  }
  if (given.front && needing === undefined) {
    throw new InputError("--front puts logs in front, which no mode that was given does. Add one of them.");
  }
  return {
    seen,
    unseen,
    split,
    corpus: given.corpus,
    documentsFile: given["documents-file"],
    modes,
    seenLimit: limitOf(given["seen-limit"], "--seen-limit"),
    limit: limitOf(given.limit, "--limit"),
    again: given.again,
    front: given.front,
    limits: limitsOf(given),
    backend,
    workers: given.workers === undefined ? 1 : countOf(given.workers, "--workers"),
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
        "documents-file": { type: "string" },
        modes: { type: "string" },
        "seen-limit": { type: "string" },
        limit: { type: "string" },
        again: { type: "boolean", default: false },
        front: { type: "boolean", default: false },
        ...LIMIT_OPTIONS,
        file: { type: "string" },
        "unseen-share": { type: "string" },
        seed: { type: "string" },
        workers: { type: "string" },
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

type Given = ReturnType<typeof parse>;

/** Two files, or one to be split. */
function filesOf(given: Given): Pick<EvalOptions, "seen" | "unseen" | "split"> {
  const { file, seen, unseen, seed } = given;
  const share = given["unseen-share"];
  if (file === undefined) {
    const lonely = share !== undefined ? "--unseen-share" : seed !== undefined ? "--seed" : undefined;
    if (lonely) throw new InputError(`${lonely} is for a file that is split. Give --file FILE with it.`);
    if (unseen === undefined) throw new InputError(`--unseen is missing.\n\n${USAGE}`);
    return { seen, unseen, split: undefined };
  }
  if (seen !== undefined || unseen !== undefined) {
    throw new InputError("--file is split into seen and unseen. Give it without --seen and --unseen.");
  }
  const split = { unseenShare: shareOf(share ?? "0.3"), seed: seedOf(seed ?? "1") };
  return { seen: file, unseen: file, split };
}

function shareOf(given: string): number {
  const share = Number(given);
  if (share > 0 && share < 1) return share;
  throw new InputError(`--unseen-share ${given} is no share. Give a number between 0 and 1.`);
}

function seedOf(given: string): number {
  if (/^\d{1,9}$/.test(given)) return Number(given);
  throw new InputError(`--seed ${given} is no seed. Give a whole number of at most nine digits.`);
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
  return given === undefined ? Number.POSITIVE_INFINITY : countOf(given, option);
}

function countOf(given: string, option: string): number {
  if (!/^[1-9]\d*$/.test(given))
    throw new InputError(`${option} ${given} is no count. Give a whole number above 0.`);
  return Number(given);
}
