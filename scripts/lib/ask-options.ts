/** The command line of `npm run ask`, read and checked. */
import { parseArgs } from "node:util";
import { type Limits, readLimits } from "../../src/runtime/limits.ts";
import { messageOf } from "../../src/terms/errors.ts";
import { type Layout, PLACEMENTS, RECORDINGS } from "../../src/terms/layout.ts";
import { MODES, type Mode } from "../../src/terms/log.ts";
import { TASK_KINDS } from "../../src/terms/task-kind.ts";
import { THOUGHTS, type Thoughts } from "../../src/terms/thoughts.ts";
import { checkDocumentsAreRead, LIMIT_OPTIONS, LIMIT_USAGE, limitsOf } from "./limit-options.ts";
import { RETRIEVAL_OPTIONS, RETRIEVAL_USAGE, retrievalOf } from "./retrieval-options.ts";

export const USAGE = `npm run ask -- "question" [options]

  --corpus FILE.jsonl            documents to read, one {"title": "…", "text": "…"} a line (default: the built-in sample)
  --kind ${TASK_KINDS.join("|")}
                                 solved from documents (default), or without: by reasoning, or in one reply
  --mode NAME                    what stands in front of the prompt: ${MODES.join(", ")} (default kv)
  --placement WHERE              where logs stand: ${PLACEMENTS.join(", ")} (default front)
  --recording HOW                which rows the task leaves, and reads of logs: ${RECORDINGS.join(", ")} (default re-encode)
  --backend auto|webgpu|wasm     where the model runs (default auto)
  --thoughts WHAT                what a thinking model thinks: ${THOUGHTS.join(", ")} (default drop)
  --profile DIR                  keep the browser profile there, so that the next call finds this one's log
  --json                         one JSON object on standard output, everything else on standard error

${LIMIT_USAGE}

${RETRIEVAL_USAGE}

WEB_LAG_GPU=hardware in the environment: WebGPU on this machine's graphics card, not in software`;

const BACKENDS = ["auto", "webgpu", "wasm"] as const;

export interface AskCommand extends Layout {
  readonly question: string;
  readonly corpus?: string;
  readonly mode: Mode;
  /** As far as they were given. */
  readonly limits: Partial<Limits>;
  /** The page's options of retrieval, as far as they were given. */
  readonly retrieval: Readonly<Record<string, string>>;
  readonly backend: (typeof BACKENDS)[number];
  readonly thoughts: Thoughts;
  readonly profile?: string;
  readonly json: boolean;
}

/** Throws an Error that says what was got, what was expected, and how the command is used. */
export function readCommand(args: readonly string[]): AskCommand {
  const { values, positionals } = parse(args);
  const [question, ...rest] = positionals;
  if (!question?.trim()) throw usageError("No question was given.");
  if (rest.length > 0) {
    throw usageError(
      `${positionals.length} questions were given (the second: "${rest[0]}"). Put one in quotes.`,
    );
  }
  return {
    question,
    mode: oneOf("--mode", values.mode ?? "kv", MODES),
    placement: oneOf("--placement", values.placement ?? "front", PLACEMENTS),
    recording: oneOf("--recording", values.recording ?? "re-encode", RECORDINGS),
    limits: limitsGiven(values),
    retrieval: retrievalGiven(values),
    backend: oneOf("--backend", values.backend ?? "auto", BACKENDS),
    thoughts: oneOf("--thoughts", values.thoughts ?? "drop", THOUGHTS),
    json: values.json ?? false,
    ...(values.corpus === undefined ? {} : { corpus: values.corpus }),
    ...(values.profile === undefined ? {} : { profile: values.profile }),
  };
}

function limitsGiven(values: ReturnType<typeof parse>["values"]): Partial<Limits> {
  const kind = values.kind === undefined ? undefined : oneOf("--kind", values.kind, TASK_KINDS);
  try {
    const limits = { ...limitsOf(values), ...(kind && { kind }) };
    checkDocumentsAreRead(readLimits(limits), values.corpus);
    return limits;
  } catch (error) {
    throw usageError(messageOf(error));
  }
}

function retrievalGiven(values: ReturnType<typeof parse>["values"]): AskCommand["retrieval"] {
  try {
    return retrievalOf(values).query;
  } catch (error) {
    throw usageError(messageOf(error));
  }
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        corpus: text,
        kind: text,
        mode: text,
        placement: text,
        recording: text,
        ...LIMIT_OPTIONS,
        ...RETRIEVAL_OPTIONS,
        backend: text,
        thoughts: text,
        profile: text,
        json: { type: "boolean" },
      },
    });
  } catch (error) {
    throw usageError(error instanceof Error ? error.message : String(error));
  }
}

function oneOf<T extends string>(option: string, value: string, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw usageError(`${option} is "${value}", expected one of ${known.join(", ")}.`);
  return found;
}

function usageError(message: string): Error {
  return new Error(`${message}\n\n${USAGE}`);
}
