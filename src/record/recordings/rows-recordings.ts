/** Every recording by its name. A new one is one more file and one more line here. */
import type { Recording } from "../../terms/layout.ts";
import { live } from "./live.ts";
import { reEncode } from "./re-encode.ts";
import type { RowsRecording } from "./recording.ts";

export const ROWS_RECORDINGS: Readonly<Record<Recording, RowsRecording>> = { "re-encode": reEncode, live };
