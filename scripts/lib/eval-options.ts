/** The command line of `npm run eval`: read, checked, with defaults. */
import { parseArgs } from "node:util";
import type { BackendChoice } from "../../src/client/protocol.ts";
import { BANK_KINDS, type Design } from "../../src/evaluation/passes.ts";
import { PHASES } from "../../src/evaluation/timed-documents.ts";
import { InputError, messageOf } from "../../src/terms/errors.ts";
import { PLACEMENTS, RECORDINGS } from "../../src/terms/layout.ts";
import { MODES, type Mode, unitOf } from "../../src/terms/log.ts";
import { THOUGHTS, type Thoughts } from "../../src/terms/thoughts.ts";
import { USAGE } from "./eval-usage.ts";
import { LIMIT_OPTIONS, limitsOf } from "./limit-options.ts";
import { countOf, limitOf, nameOf, namesOf, numbersOf, seedOf, shareOf } from "./option-values.ts";
import { RETRIEVAL_OPTIONS, type RetrievalGiven, retrievalOf } from "./retrieval-options.ts";

/** The files of one dataset. */
export interface DatasetFiles {
  readonly seen: string | undefined;
  readonly unseen: string;
  /** Both files are one, to be split. */
  readonly split: { readonly unseenShare: number; readonly seed: number } | undefined;
}

export interface EvalOptions extends Omit<Design, "limits"> {
  /** At least one. */
  readonly datasets: readonly DatasetFiles[];
  readonly corpus: string | undefined;
  readonly documentsFile: string | undefined;
  readonly seenLimit: number;
  readonly limit: number;
  readonly again: boolean;
  readonly front: boolean;
  /** As far as they were given. */
  readonly limits: ReturnType<typeof limitsOf>;
  readonly retrieval: RetrievalGiven;
  /** Folders or URLs. Undefined: the page's own model. */
  readonly models: readonly (string | undefined)[];
  readonly backends: readonly BackendChoice[];
  readonly thoughts: Thoughts;
  readonly workers: number;
  readonly work: string;
  readonly oracle: boolean;
  readonly json: boolean;
}

const BACKENDS = ["auto", "webgpu", "wasm"] as const satisfies readonly BackendChoice[];

/** Throws InputError that says what was given and what can be. */
export function readEvalOptions(args: readonly string[]): EvalOptions {
  const given = parse(args);
  const seed = seedOf(given.seed ?? "1", "--seed");
  const datasets = datasetsOf(given, seed);
  const banks = namesOf(given.bank, "--bank", BANK_KINDS);
  const options: EvalOptions = {
    datasets,
    corpus: given.corpus,
    documentsFile: given["documents-file"],
    modes: modesOf(given, datasets[0]!.seen !== undefined || banks.includes("dynamic")),
    banks,
    layout: {
      placement: nameOf(given.placement, "--placement", PLACEMENTS),
      recording: nameOf(given.recording, "--recording", RECORDINGS),
    },
    parts: namesOf(given.parts, "--parts", PHASES),
    bankSizes: numbersOf(given["bank-sizes"], "--bank-sizes", 0),
    ks: numbersOf(given.ks, "--ks", 1),
    seed,
    seenLimit: limitOf(given["seen-limit"], "--seen-limit"),
    limit: limitOf(given.limit, "--limit"),
    again: given.again,
    front: given.front,
    limits: limitsOf(given),
    retrieval: retrievalOf(given),
    models: given.model ?? [undefined],
    backends: namesOf(given.backend, "--backend", BACKENDS),
    thoughts: nameOf(given.thoughts, "--thoughts", THOUGHTS),
    workers: given.workers === undefined ? 1 : countOf(given.workers, "--workers"),
    work: given.work,
    oracle: given.oracle,
    json: given.json,
  };
  check(options, given);
  return options;
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const several = { type: "string", multiple: true } as const;
  const flag = { type: "boolean", default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        seen: text,
        unseen: text,
        file: several,
        "unseen-share": text,
        corpus: text,
        "documents-file": text,
        parts: { type: "string", default: "unseen" },
        "seen-limit": text,
        limit: text,
        again: flag,
        front: flag,
        modes: text,
        placement: { type: "string", default: "front" },
        recording: { type: "string", default: "re-encode" },
        bank: { type: "string", default: "static" },
        "bank-sizes": text,
        ks: text,
        seed: text,
        ...LIMIT_OPTIONS,
        ...RETRIEVAL_OPTIONS,
        model: several,
        backend: { type: "string", default: "wasm" },
        thoughts: { type: "string", default: "drop" },
        workers: text,
        work: { type: "string", default: ".eval" },
        oracle: flag,
        json: flag,
      },
    }).values;
  } catch (error) {
    throw new InputError(`${messageOf(error)}\n\n${USAGE}`);
  }
}

type Given = ReturnType<typeof parse>;

/** Two files, or each of several to be split. */
function datasetsOf({ file, seen, unseen, ...given }: Given, seed: number): DatasetFiles[] {
  const share = given["unseen-share"];
  if (file === undefined) {
    if (share !== undefined) {
      throw new InputError("--unseen-share is for a file that is split. Give --file FILE with it.");
    }
    if (unseen === undefined) throw new InputError(`--unseen is missing.\n\n${USAGE}`);
    return [{ seen, unseen, split: undefined }];
  }
  if (seen !== undefined || unseen !== undefined) {
    throw new InputError("--file is split into seen and unseen. Give it without --seen and --unseen.");
  }
  const split = { unseenShare: shareOf(share ?? "0.3", "--unseen-share"), seed };
  return file.map((name) => ({ seen: name, unseen: name, split }));
}

function modesOf({ modes, recording }: Given, hasLogs: boolean): readonly Mode[] {
  if (modes !== undefined) return namesOf(modes, "--modes", MODES);
  if (!hasLogs) return ["none"];
  return recording === "live" ? MODES.filter((mode) => !readsOtherRows(mode)) : MODES;
}

/** Live rows are those of last responses. */
function readsOtherRows(mode: Mode): boolean {
  return unitOf(mode) === "row" && mode !== "kv";
}

/** What was given must have a meaning together. */
function check(options: EvalOptions, given: Given): void {
  const { datasets, modes, layout, banks, parts, bankSizes, ks, front } = options;
  const refuse = (condition: boolean, message: string): void => {
    if (condition) throw new InputError(message);
  };
  const needing = modes.find((mode) => mode !== "none");
  const { seen, split } = datasets[0]!;
  const isStatic = banks.includes("static");
  const curve = bankSizes.length > 0 ? "--bank-sizes" : ks.length > 0 ? "--ks" : undefined;
  refuse(
    isStatic && needing !== undefined && seen === undefined,
    `Mode ${needing} needs logs. Give --seen FILE, whose questions fill the bank.`,
  );
  const other = modes.find(readsOtherRows);
  refuse(
    layout.recording === "live" && other !== undefined,
    `--recording live keeps the rows of last responses, and mode ${other} reads others. Leave one of them out.`,
  );
  refuse(
    parts.includes("seen") && seen === undefined,
    "--parts seen asks seen questions again. Give --seen FILE.",
  );
  refuse(
    curve !== undefined && (!isStatic || needing === undefined),
    `${curve} is a curve over logs of a static bank. Give a mode that reads them, and --bank static.`,
  );
  refuse(
    given.seed !== undefined && split === undefined && !banks.includes("dynamic") && bankSizes.length === 0,
    "--seed is for a file that is split, a dynamic bank or --bank-sizes. Give one of them with it.",
  );
  const files = [options.corpus, options.documentsFile].filter((name) => name !== undefined);
  refuse(
    files.length > 1,
    "--corpus and --documents-file both say what the documents are. Give one of them.",
  );
  refuse(
    files.length > 0 && datasets.length > 1,
    `${files[0]} would be the documents of ${datasets.length} datasets. Give one --file with it.`,
  );
  refuse(
    front && needing === undefined,
    "--front puts logs in front, which no mode that was given does. Add one of them.",
  );
  refuse(
    front && (banks.includes("dynamic") || bankSizes.length > 0),
    "--front names logs of the whole bank. Give it without --bank dynamic and --bank-sizes.",
  );
}
