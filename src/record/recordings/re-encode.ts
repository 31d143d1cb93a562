/**
 * Recording `re-encode`, the published one. What was said is run once more by itself: its rows have seen the
 * responses, and neither documents nor logs nor the question. A log that lacks a slice gets it in the same way.
 */
import { encodeTrace } from "../encode-trace.ts";
import type { RowsRecording } from "./recording.ts";

export const reEncode: RowsRecording = {
  name: "re-encode",
  captures: false,
  remakes: true,
  encode: encodeTrace,
};
