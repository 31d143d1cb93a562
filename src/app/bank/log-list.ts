/** Which logs the bank's page lists, in which order. Pure. */
import { bytesOfLog, type Log } from "../../terms/log.ts";

export const ORDERS = ["newest", "oldest", "largest", "steps", "similar"] as const;
export type Order = (typeof ORDERS)[number];

/** Whether the log says every word of the search: in question, responses or titles of documents. */
export function logMatches({ question, responses, usedDocuments }: Log, search: string): boolean {
  const text = [question, ...responses, ...usedDocuments].join("\n").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** `similarity`: by id, of those that retrieval finds; others come last. */
export function sorted(logs: readonly Log[], order: Order, similarity: ReadonlyMap<string, number>): Log[] {
  const by: Readonly<Record<Order, (log: Log) => number>> = {
    newest: ({ createdAt }) => -createdAt,
    oldest: ({ createdAt }) => createdAt,
    largest: (log) => -bytesOfLog(log),
    steps: ({ steps }) => -steps,
    similar: ({ id }) => -(similarity.get(id) ?? -1),
  };
  return [...logs].sort((a, b) => by[order](a) - by[order](b));
}
