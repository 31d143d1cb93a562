/** A slice as it is in memory ↔ its record in the database. What comes back is equal byte for byte. */
import { KvShapeError, messageOf } from "../terms/errors.ts";
import { bytesOf, checkSlice, elementsOf, type KvSlice } from "../terms/kv-shape.ts";
import type { Log, SliceEncoding } from "../terms/log.ts";
import type { SliceRecord } from "./schema.ts";

export function toRecord(
  log: Pick<Log, "id" | "model">,
  encoding: SliceEncoding,
  slice: KvSlice,
): SliceRecord {
  const { shape, dtype, tokens, keys, values, sink } = slice;
  // Copied: a Blob takes no views of shared memory, which a wasm engine's arrays may be.
  const rows = new Blob([keys.slice(), values.slice()] as BlobPart[]);
  const layout = sink === undefined ? {} : { sink };
  return { logId: log.id, encoding, model: log.model, shape: { ...shape }, dtype, tokens, ...layout, rows };
}

/** Throws KvShapeError when the record is damaged. */
export async function fromRecord(record: SliceRecord): Promise<KvSlice> {
  const { shape, dtype, tokens, sink } = record;
  const bytes = await readRows(record);
  const expected = bytesOf(shape, dtype, tokens);
  if (bytes.byteLength !== expected) {
    throw damaged(record, `it has ${bytes.byteLength} bytes of rows where ${expected} are announced`);
  }
  const elements = elementsOf(shape, tokens);
  const Rows = dtype === "float32" ? Float32Array : Uint16Array;
  const slice: KvSlice = {
    shape,
    dtype,
    tokens,
    keys: new Rows(bytes, 0, elements),
    values: new Rows(bytes, bytes.byteLength / 2, elements),
    ...(sink !== undefined && { sink }),
  };
  checkSlice(slice, shape, dtype);
  return slice;
}

async function readRows(record: SliceRecord): Promise<ArrayBuffer> {
  if (!(record.rows instanceof Blob) || !record.shape) throw damaged(record, "a field is missing");
  try {
    return await record.rows.arrayBuffer();
  } catch (error) {
    throw damaged(record, `its rows cannot be read (${messageOf(error)})`);
  }
}

function damaged({ logId, encoding }: SliceRecord, why: string): KvShapeError {
  return new KvShapeError(
    `The "${encoding}" rows of log ${logId} are damaged: ${why}. Encode the log again, or delete it.`,
  );
}
