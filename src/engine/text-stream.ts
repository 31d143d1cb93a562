/**
 * Text of a response while it grows. A character of several bytes may be spread over several tokens: nothing
 * is emitted before it is whole. What was thought before it is told apart. A stop string ends the text, and so does one
 * that ends a turn, which is no part of it.
 */
import { responseStart } from "./thoughts.ts";

export interface TextStream {
  /** Takes the next id. Returns true when the response has ended by a string. */
  push(id: number): boolean;
  /** Emits what was held back. */
  end(): void;
  /** The response so far, cut behind the first stop string, or before the first that ends a turn. */
  readonly response: string;
  /** Whether it was ended by one that ends a turn. */
  readonly turnEnded: boolean;
  /** What was thought before it, with its marks; empty where nothing was. */
  readonly thoughts: string;
}

export interface TextStreamOptions {
  readonly decode: (ids: readonly number[]) => string;
  readonly stop?: readonly string[];
  /** Texts that end a turn. */
  readonly turnEnds?: readonly string[];
  /** Whether the prompt has begun to think for the model. Default false. */
  readonly opened?: boolean;
  /** Gets each new piece of the response once, in order. */
  readonly onText?: (text: string) => void;
  /** Gets each new piece of what is thought before, with its marks. */
  readonly onThoughts?: (text: string) => void;
}

/** What a decoder puts where bytes of a character are still missing. */
const UNFINISHED = /\uFFFD+$/u;

export function createTextStream(options: TextStreamOptions): TextStream {
  const { decode, stop = [], turnEnds = [], opened = false } = options;
  const ids: number[] = [];
  let text = "";
  let thoughts = "";
  let response = "";
  let stopped = false;
  let turnEnded = false;
  const tellThoughts = emitter(options.onThoughts);
  const tellResponse = emitter(options.onText);

  function split(undecided: "hold" | "response"): void {
    const start = responseStart(text, opened) ?? (undecided === "response" ? 0 : undefined);
    thoughts = text.slice(0, start ?? 0);
    response = text.slice(start ?? text.length);
    const stopEnd = firstStopEnd(response, stop) ?? Number.POSITIVE_INFINITY;
    const turnEnd = firstStart(response, turnEnds) ?? Number.POSITIVE_INFINITY;
    stopped = Number.isFinite(Math.min(stopEnd, turnEnd));
    turnEnded = turnEnd < stopEnd;
    if (stopped) response = response.slice(0, Math.min(stopEnd, turnEnd));
  }

  return {
    push(id) {
      ids.push(id);
      text = decode(ids);
      split("hold");
      tellThoughts(thoughts.replace(UNFINISHED, ""));
      tellResponse(stopped ? response : withoutBeginnings(response.replace(UNFINISHED, ""), turnEnds));
      return stopped;
    },
    end() {
      split("response");
      tellThoughts(thoughts);
      tellResponse(response);
    },
    get response() {
      return response;
    },
    get thoughts() {
      return thoughts;
    },
    get turnEnded() {
      return turnEnded;
    },
  };
}

/** Tells of a text that grows what is new of it. */
function emitter(tell: ((text: string) => void) | undefined): (until: string) => void {
  let emitted = 0;
  return (until) => {
    if (until.length > emitted) tell?.(until.slice(emitted));
    emitted = Math.max(emitted, until.length);
  };
}

/** Index behind the stop string that ends first, or undefined. */
function firstStopEnd(text: string, stop: readonly string[]): number | undefined {
  const ends = stop
    .map((string) => ({ start: string === "" ? -1 : text.indexOf(string), length: string.length }))
    .filter(({ start }) => start >= 0)
    .map(({ start, length }) => start + length);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** Index of the string that begins first, or undefined. */
function firstStart(text: string, strings: readonly string[]): number | undefined {
  const starts = strings
    .map((string) => (string === "" ? -1 : text.indexOf(string)))
    .filter((start) => start >= 0);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

/** The text without what may still become one of these strings: nobody could take it back. */
function withoutBeginnings(text: string, strings: readonly string[]): string {
  const longest = Math.max(0, ...strings.map(({ length }) => length - 1));
  for (let at = Math.max(0, text.length - longest); at < text.length; at++) {
    if (strings.some((string) => string.startsWith(text.slice(at)))) return text.slice(0, at);
  }
  return text;
}
