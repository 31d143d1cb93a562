/** `scripts/results.json`: which evaluations docs/results.md reports, and the command line of `npm run results`. */
import { parseArgs } from "node:util";
import { InputError, messageOf } from "../../src/terms/errors.ts";
import { countOf } from "./option-values.ts";

export interface ResultsConfig {
  /** Files and folders that are not in the repository, by name. */
  readonly data: Readonly<Record<string, { readonly variable: string; readonly what: string }>>;
  readonly evaluations: readonly ResultsEntry[];
  /** What the embedded model cannot show, and the command for a machine that can. */
  readonly elsewhere: readonly { readonly title: string; readonly why: string; readonly command: string }[];
}

export interface ResultsEntry {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  /** Of `npm run eval`, in lines; an argument may begin with `{name}`, a path of `data`. No argument has a blank in it. */
  readonly args: readonly string[];
}

export const RESULTS_USAGE = `npm run results -- [options]

Asks what scripts/results.json lists, and writes docs/results.md and docs/results.json. What an
earlier run of the same build finished is read, not asked again.

  --only A,B         only these evaluations; what the file says of the others stays
  --data NAME=PATH   where something is that is not in the repository (or its environment variable)
  --limit N          other than in the list: only the first N questions of each part
  --seen-limit N     likewise: only the first N seen questions fill a bank
  --workers N        pages that share the questions (default 1)
  --work DIR         where finished questions are kept (default .eval)
  --page             ask nothing: write the page anew from docs/results.json
  --out FOLDER       where the two files are written (default docs)`;

export interface ResultsOptions {
  /** Undefined: all. */
  readonly only: readonly string[] | undefined;
  /** Paths by name. */
  readonly data: ReadonlyMap<string, string>;
  /** Options that change what is asked, in the place of an entry's own. */
  readonly limits: readonly string[];
  /** Arguments that change nothing of what is found. */
  readonly pages: readonly string[];
  /** Ask nothing. */
  readonly pageOnly: boolean;
  readonly out: string;
}

/** Throws InputError. */
export function readResultsOptions(
  args: readonly string[],
  { data, evaluations }: ResultsConfig,
  environment: NodeJS.ProcessEnv = process.env,
): ResultsOptions {
  const given = parse(args);
  const paths = new Map<string, string>();
  for (const [name, { variable }] of Object.entries(data)) {
    const path = environment[variable];
    if (path) paths.set(name, path);
  }
  for (const pair of given.data ?? []) {
    const [name, path] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
    if (!(name in data) || path === "") {
      throw new InputError(`--data ${pair} names no data. Give ${Object.keys(data).join("=PATH or ")}=PATH.`);
    }
    paths.set(name, path);
  }
  const only = given.only?.split(",").map((name) => name.trim());
  const names = evaluations.map(({ name }) => name);
  const unknown = only?.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new InputError(`--only ${unknown} is not in the list. It has ${names.join(", ")}.`);
  }
  const count = (option: "limit" | "seen-limit" | "workers") =>
    given[option] === undefined ? [] : [`--${option}`, String(countOf(given[option], `--${option}`))];
  return {
    only,
    data: paths,
    limits: [...count("limit"), ...count("seen-limit")],
    pages: [...count("workers"), "--work", given.work],
    pageOnly: given.page,
    out: given.out,
  };
}

/** The arguments of an evaluation, or the name of the data that is not there. */
export function argsOf(
  entry: ResultsEntry,
  { data, limits }: Pick<ResultsOptions, "data" | "limits">,
): { readonly args: readonly string[] } | { readonly missing: string } {
  const parts = linesOf(entry, limits).flat();
  const missing = parts.map((part) => placeholderOf(part)?.name).find((name) => name && !data.has(name));
  if (missing !== undefined) return { missing };
  return { args: parts.map((part) => withPath(part, (name) => data.get(name)!)) };
}

/** The command that a person types, with a variable in the place of a path. */
export function commandOf(entry: ResultsEntry, limits: readonly string[], { data }: ResultsConfig): string {
  const lines = linesOf(entry, limits).map((line) =>
    line.map((part) => withPath(part, (name) => `"$${data[name]!.variable}"`)).join(" "),
  );
  return ["npm run eval --", ...lines].join(" \\\n  ");
}

/** Arguments, line by line. `limits` are pairs of an option and its value, which stand for the entry's own. */
function linesOf({ args }: ResultsEntry, limits: readonly string[]): string[][] {
  const lines = args.map((line) => line.split(" "));
  const own = lines.map((line) =>
    line.filter((part, i) => !limits.includes(part) && !limits.includes(line[i - 1] ?? "")),
  );
  return [...own, [...limits]].filter((line) => line.length > 0);
}

function placeholderOf(part: string): { readonly name: string; readonly rest: string } | undefined {
  const [, name, rest] = /^\{([^}]+)\}(.*)$/.exec(part) ?? [];
  return name === undefined ? undefined : { name, rest: rest! };
}

function withPath(part: string, pathOf: (name: string) => string): string {
  const placeholder = placeholderOf(part);
  return placeholder ? pathOf(placeholder.name) + placeholder.rest : part;
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: text,
        data: { type: "string", multiple: true },
        limit: text,
        "seen-limit": text,
        workers: text,
        work: { type: "string", default: ".eval" },
        page: { type: "boolean", default: false },
        out: { type: "string", default: "docs" },
      },
    }).values;
  } catch (error) {
    throw new InputError(`${messageOf(error)}\n\n${RESULTS_USAGE}`);
  }
}
