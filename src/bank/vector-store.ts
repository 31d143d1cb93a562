/** Vectors of logs as they stand in IndexedDB, beside the logs, for all tabs. */
import type { IDBPDatabase } from "idb";
import { indexTextOf } from "../terms/log.ts";
import type { VectorStore } from "./log-vectors.ts";
import type { BankSchema } from "./schema.ts";

export function vectorStoreIn(db: IDBPDatabase<BankSchema>): VectorStore {
  return {
    async read(ids, embedder, dimension) {
      const vectors = db.transaction("vectors").objectStore("vectors");
      const records = await Promise.all(ids.map((id) => vectors.get([id, embedder])));
      const found = new Map<string, Float32Array>();
      for (const record of records) {
        // One that is damaged is made again.
        const whole = record?.vector instanceof Float32Array && record.vector.length === dimension;
        if (whole) found.set(record.logId, record.vector);
      }
      return found;
    },

    async write(made) {
      const write = db.transaction(["logs", "vectors"], "readwrite");
      // Told by the request that failed.
      write.done.catch(() => {});
      for (const { logId, embedder, text, vector } of made) {
        const log = await write.objectStore("logs").get(logId);
        if (!log || indexTextOf(log) !== text) continue;
        await write.objectStore("vectors").put({ logId, embedder, vector });
      }
      await write.done;
    },
  };
}
