/** Both banks in Node: memory, and IndexedDB as fake-indexeddb plays it. Chromium's own: tests/browser/bank.test.ts. */
import "fake-indexeddb/auto";
import { MemoryBank } from "../../src/bank/memory-bank.ts";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import { bankContract } from "../support/bank-contract.suite.ts";
import { bankEmbedderContract } from "../support/bank-embedder.suite.ts";
import { indexedDbBankSuite } from "../support/indexed-db-bank.suite.ts";
import { keptVectorsSuite } from "../support/kept-vectors.suite.ts";

bankContract("memory", async () => new MemoryBank(new LexicalIndex()));
bankEmbedderContract("memory", async (dense) => new MemoryBank(new LexicalIndex(), dense));
indexedDbBankSuite();
keptVectorsSuite();
