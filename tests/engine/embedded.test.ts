/** The embedded model on wasm. */
import "fake-indexeddb/auto";
import { diskFetch, projectUrl } from "../support/disk-fetch.ts";
import { embeddedSuite } from "../support/embedded.suite.ts";

embeddedSuite("wasm", { url: projectUrl("public/models/embedded"), fetch: diskFetch });
