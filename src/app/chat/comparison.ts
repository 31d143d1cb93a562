/** One question asked twice, with logs in front and without: how the second run is asked, and both in figures. Pure. */
import type { Step, Task, TaskResult } from "../../runtime/events.ts";
import { unitOf } from "../../terms/log.ts";
import { texts } from "../texts/texts.ts";
import { duration } from "../words.ts";
import { answerText, mostInFront } from "./task-words.ts";

/** The same task with nothing in front. It leaves no log: the run beside it does. */
export function withoutMemory(task: Task): Task {
  const { logs: _, ...rest } = task;
  return { ...rest, mode: "none", record: false };
}

/** A figure of both runs, as text. */
export interface ComparedFigure {
  readonly name: string;
  readonly withMemory: string;
  readonly without: string;
}

export function compareRuns(withMemory: TaskResult, without: TaskResult): ComparedFigure[] {
  const both = (name: string, of: (result: TaskResult) => string): ComparedFigure => ({
    name,
    withMemory: of(withMemory),
    without: of(without),
  });
  return [
    both(texts.compared.answer, answerText),
    both(texts.compared.steps, ({ steps }) => String(steps.length)),
    both(texts.compared.firstToken, (result) => duration(firstTokenOf(result))),
    both(texts.compared.whole, ({ timings }) => duration(timings.total - timings.record)),
    both(texts.compared.read, (result) => tokens(readBy(result))),
    both(texts.compared.said, ({ steps }) => tokens(sum(steps.map(saidIn)))),
    both(texts.compared.logs, inFront),
  ];
}

/** Milliseconds from the question: what was retrieved, made and put in front before it counts too. */
function firstTokenOf({ steps }: TaskResult): number {
  const first = steps[0]?.timings;
  return first ? first.retrieve + first.prepare + first.prefix + first.firstToken : 0;
}

/** Rows are put in front without being read; logs as text are read like the prompt. */
function readBy({ steps, mode }: TaskResult): number {
  const asText = unitOf(mode) === "token";
  return sum(
    steps.map(
      ({ promptTokens, prefixRows, preparation }) =>
        promptTokens + (asText ? prefixRows : 0) + (preparation?.promptTokens ?? 0),
    ),
  );
}

/** What prepares a step counts too. */
function saidIn({ newTokens, preparation }: Step): number {
  return newTokens + (preparation?.newTokens ?? 0);
}

function inFront(result: TaskResult): string {
  const { logs, mode } = result;
  if (logs.length === 0) return texts.compared.none;
  return `${texts.count.log(logs.length)}, ${texts.count[unitOf(mode)](mostInFront(result))}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function tokens(n: number): string {
  return n.toLocaleString("en");
}
