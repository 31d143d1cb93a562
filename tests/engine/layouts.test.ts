/** Modes and layouts on wasm. */
import { diskFetch, projectUrl } from "../support/disk-fetch.ts";
import { layoutsSuite } from "../support/layouts.suite.ts";

layoutsSuite("wasm", { url: projectUrl("public/models/embedded"), fetch: diskFetch });
