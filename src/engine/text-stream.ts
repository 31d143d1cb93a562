/**
 * Text of a response while it grows. A character of several bytes may be spread over several tokens: nothing
 * is emitted before it is whole. A stop string ends the text.
 */
export interface TextStream {
  /** Takes the next id. Returns true when the text now contains a stop string. */
  push(id: number): boolean;
  /** Emits what was held back. */
  end(): void;
  /** The text so far, cut behind the first stop string. */
  readonly text: string;
}

export interface TextStreamOptions {
  readonly decode: (ids: readonly number[]) => string;
  readonly stop?: readonly string[];
  /** Gets each new piece of text once, in order. */
  readonly onText?: (text: string) => void;
}

/** What a decoder puts where bytes of a character are still missing. */
const UNFINISHED = /\uFFFD+$/u;

export function createTextStream({ decode, stop = [], onText }: TextStreamOptions): TextStream {
  const ids: number[] = [];
  let text = "";
  let emitted = 0;

  function emit(until: string): void {
    if (until.length > emitted) onText?.(until.slice(emitted));
    emitted = Math.max(emitted, until.length);
  }

  return {
    push(id) {
      ids.push(id);
      text = decode(ids);
      const end = firstStopEnd(text, stop);
      if (end !== undefined) {
        text = text.slice(0, end);
        emit(text);
        return true;
      }
      emit(text.replace(UNFINISHED, ""));
      return false;
    },
    end: () => emit(text),
    get text() {
      return text;
    },
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
