/** The bank on Chromium's own IndexedDB. */
import { indexedDbBankSuite } from "../support/indexed-db-bank.suite.ts";

indexedDbBankSuite();
