/**
 * Text of a response while it grows. A character of several bytes may be spread over several tokens: nothing
 * is emitted before it is whole. What was thought before it is told apart. A stop string ends the text.
 */
import { responseStart } from "./thoughts.ts";

export interface TextStream {
  /** Takes the next id. Returns true when the response now contains a stop string. */
  push(id: number): boolean;
  /** Emits what was held back. */
  end(): void;
  /** The response so far, cut behind the first stop string. */
  readonly response: string;
  /** What was thought before it, with its marks; empty where nothing was. */
  readonly thoughts: string;
}

export interface TextStreamOptions {
  readonly decode: (ids: readonly number[]) => string;
  readonly stop?: readonly string[];
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
  const { decode, stop = [], opened = false } = options;
  const ids: number[] = [];
  let text = "";
  let thoughts = "";
  let response = "";
  let stopped = false;
  const tellThoughts = emitter(options.onThoughts);
  const tellResponse = emitter(options.onText);

  function split(undecided: "hold" | "response"): void {
    const start = responseStart(text, opened) ?? (undecided === "response" ? 0 : undefined);
    thoughts = text.slice(0, start ?? 0);
    response = text.slice(start ?? text.length);
    const end = firstStopEnd(response, stop);
    stopped = end !== undefined;
    if (stopped) response = response.slice(0, end);
  }

  return {
    push(id) {
      ids.push(id);
      text = decode(ids);
      split("hold");
      tellThoughts(thoughts.replace(UNFINISHED, ""));
      tellResponse(stopped ? response : response.replace(UNFINISHED, ""));
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
