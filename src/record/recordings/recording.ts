/** How a log comes by its rows, and whether those that it lacks can be made later. */
import type { TraceTokens } from "../../compose/modes/mode.ts";
import type { KvSlice } from "../../terms/kv-shape.ts";
import type { Recording } from "../../terms/layout.ts";
import type { Sight } from "../../terms/log.ts";
import type { EncodedTrace, EncodeTraceOptions } from "../encode-trace.ts";

/** The rows of a task's last response as they were said, and what they could attend to. */
export interface Captured {
  readonly slice: KvSlice;
  readonly saw: Sight;
}

export interface RecordingWork extends EncodeTraceOptions {
  /** Undefined: nothing was captured, because it was not asked for or did not fit. */
  readonly captured: Captured | undefined;
}

export interface RowsRecording {
  readonly name: Recording;
  /** Whether rows are captured while the last response is said. */
  readonly captures: boolean;
  /** Whether a slice that a log lacks can be made from its tokens. */
  readonly remakes: boolean;
  /** The parts of a log that belong to the model. Throws InputError, ContextFullError, and what the engine throws. */
  encode(trace: TraceTokens, work: RecordingWork): Promise<EncodedTrace>;
}
