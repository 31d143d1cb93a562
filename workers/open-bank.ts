/** Opens the bank that all tabs share, or, where the browser gives no storage, one that lasts as long as the page. */
import type { LogBank } from "../src/bank/bank.ts";
import { IndexedDbBank } from "../src/bank/indexed-db-bank.ts";
import type { DenseLogs } from "../src/bank/log-index.ts";
import { MemoryBank } from "../src/bank/memory-bank.ts";
import { LexicalIndex } from "../src/retrieve/lexical-index.ts";
import { messageOf } from "../src/terms/errors.ts";

export interface OpenedBank {
  readonly bank: LogBank;
  /** What a person should know about it, one sentence each. */
  readonly notices: readonly string[];
}

/** `createDense`: what finds logs by meaning too. Never rejects: questions are answered without storage too. */
export async function openBank(name: string, createDense: () => DenseLogs | undefined): Promise<OpenedBank> {
  const dense = createDense();
  try {
    const bank = await IndexedDbBank.open({ name, index: new LexicalIndex(), ...(dense && { dense }) });
    return { bank, notices: [] };
  } catch (error) {
    return {
      bank: new MemoryBank(new LexicalIndex(), createDense()),
      notices: [`Logs last only until this page is closed. ${messageOf(error)}`],
    };
  }
}
