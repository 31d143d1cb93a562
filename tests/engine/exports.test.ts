/** Every form that exporters write, in every precision, on wasm. */
import "fake-indexeddb/auto";
import { readFile } from "node:fs/promises";
import { carried, exportsSuite } from "../support/exports.suite.ts";

const folder = new URL("../fixtures/exports/", import.meta.url);

exportsSuite(carried, "wasm", async (file) => new Uint8Array(await readFile(new URL(file, folder))));
