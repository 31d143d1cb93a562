/** Both banks in Node: memory, and IndexedDB as fake-indexeddb plays it. Chromium's own: tests/browser/bank.test.ts. */
import "fake-indexeddb/auto";
import { MemoryBank } from "../../src/bank/memory-bank.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import { bankContract } from "../support/bank-contract.suite.ts";
import { indexedDbBankSuite } from "../support/indexed-db-bank.suite.ts";

bankContract("memory", async () => new MemoryBank(new LexicalIndex()));
indexedDbBankSuite();
