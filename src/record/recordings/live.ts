/**
 * Recording `live`. A log keeps the rows of its last response as they were said, without a pass over the trace. They
 * have seen the whole prompt of that step, which the log says; of earlier responses only what the prompt held. What
 * was not kept at that moment cannot be made later.
 */
import { kv } from "../../compose/modes/kv.ts";
import { ContextFullError } from "../../terms/errors.ts";
import { headerOf } from "../../terms/log.ts";
import { nameOfSlice } from "../encode-trace.ts";
import type { RowsRecording } from "./recording.ts";

export const live: RowsRecording = {
  name: "live",
  captures: true,
  remakes: false,
  async encode({ responseIds }, { engine, placement, captured }) {
    if (!captured) {
      throw new ContextFullError(
        "Its last response and the blank line behind it did not fit into the model's context, so that its rows could " +
          "not be kept. Allow fewer new tokens (maxNewTokens), or record by re-encode.",
      );
    }
    const { slice, saw } = captured;
    const name = nameOfSlice(kv.encoding, { placement: placement.name, recording: "live" });
    return {
      model: engine.model.fingerprint,
      responseIds,
      slices: { [name]: { ...headerOf(slice), saw } },
      rows: { [name]: slice },
    };
  },
};
