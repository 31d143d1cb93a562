/** What slices bear that were encoded behind a sink: the tokens that stand in front of all. */
import { hashOf } from "./fingerprint.ts";

/** Of a sink's ids: 64 hexadecimal digits, or undefined when there are none. */
export async function hashOfSink(ids: readonly number[]): Promise<string | undefined> {
  return ids.length === 0 ? undefined : hashOf([], `sink ${ids.join(" ")}`);
}
