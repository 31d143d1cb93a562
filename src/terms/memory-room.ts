/** How much memory a page may take on this device as far as the browser tells, and the refusal of what is beyond it. Pure. */
import { TooLargeError } from "./errors.ts";

/** What browsers tell of memory. */
export interface MemoryFacts {
  /** GiB, rounded; undefined where the browser does not tell (Safari, Firefox). */
  readonly deviceMemory: number | undefined;
  /** Bytes of the largest buffer of the GPU; undefined where there is none. */
  readonly maxBufferSize: number | undefined;
}

/** GiB. Many browsers name no more, whatever there is: this much is this much or more. */
const MOST_TOLD = 8;
/** System, browser and other pages need theirs. */
const SHARE = 0.5;
/** A driver lets one buffer be about half of what the GPU may take of memory. */
const BUFFERS = 2;

/** Bytes, or undefined where nothing is told: then nothing is refused. */
export function roomOf({ deviceMemory, maxBufferSize }: MemoryFacts): number | undefined {
  if (deviceMemory !== undefined) return deviceMemory * 2 ** 30 * (deviceMemory < MOST_TOLD ? SHARE : 1);
  return maxBufferSize === undefined ? undefined : maxBufferSize * BUFFERS;
}

export function fits(need: number | undefined, room: number | undefined): boolean {
  return need === undefined || room === undefined || need <= room;
}

/** Bytes, both. Throws TooLargeError where what `name` needs does not fit. */
export function requireRoom(name: string, need: number | undefined, room: number | undefined): void {
  if (fits(need, room)) return;
  throw new TooLargeError(
    `${name} needs about ${megabytes(need!)} of memory, and a page may take about ${megabytes(room!)} on this device, ` +
      "as far as the browser tells: beyond that the browser ends the tab. Choose a smaller model, or have it loaded all " +
      "the same with `anyMemory`.",
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
