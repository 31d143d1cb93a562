/** The bank on Chromium's own IndexedDB. */
import { indexedDbBankSuite } from "../support/indexed-db-bank.suite.ts";
import { keptVectorsSuite } from "../support/kept-vectors.suite.ts";

indexedDbBankSuite();
keptVectorsSuite();
