/**
 * `npm run verify:web-llm -- --lib FILE.wasm --config DIR [--weights DIR|random]`: whether rows of logs can be read from a
 * real WebLLM engine and put in front again, in headless Chromium, by the engine's own logits.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright";
import { createServer } from "vite";
import { InputError, LagError, messageOf } from "../src/terms/errors.ts";
import { ROOT } from "./lib/built-page.ts";
import { chromiumArgs, findChromium } from "./lib/chromium.ts";
import { nameOf } from "./lib/option-values.ts";
import { explain } from "./lib/page-error.ts";
import type { CheckReport } from "./web-llm/checks.ts";
import { readLibraryMetadata } from "./web-llm/library-metadata.ts";
import { writeRandomWeights } from "./web-llm/random-weights.ts";
import { serveModel } from "./web-llm/serve-model.ts";

const USAGE = `npm run verify:web-llm -- --lib FILE.wasm --config DIR [options]

  --lib FILE        a compiled WebLLM library
  --config DIR      mlc-chat-config.json and tokenizer.json of its model
  --weights DIR     its weights, as WebLLM fetches them; or "random" (default): seeded, made on the fly
  --web-llm NAME    0.2.79 (default, fits libraries of v0_2_48) or current (the version that the page uses)

Takes minutes: each pass of a model of half a billion weights takes about one on a software adapter.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      lib: { type: "string" },
      config: { type: "string" },
      weights: { type: "string", default: "random" },
      "web-llm": { type: "string", default: "0.2.79" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const lib = present(values.lib, "--lib", "a compiled library, FILE.wasm");
  const config = present(values.config, "--config", "a folder with mlc-chat-config.json and tokenizer.json");
  const version = nameOf(values["web-llm"], "--web-llm", ["0.2.79", "current"] as const);
  for (const name of ["mlc-chat-config.json", "tokenizer.json"])
    present(join(config, name), "--config", name);
  const made = mkdtempSync(join(tmpdir(), "web-lag-weights-"));
  try {
    if (values.weights === "random") {
      console.error("Making random weights…");
      writeRandomWeights(readLibraryMetadata(readFileSync(lib), lib), made);
    }
    const weights = values.weights === "random" ? made : present(values.weights, "--weights", "a folder");
    const report = await check({ lib, folders: [resolve(config), weights], version });
    console.log(asTable(report));
    if (!report.rows.every(({ pass }) => pass)) process.exitCode = 1;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

interface Checked {
  readonly lib: string;
  readonly folders: readonly string[];
  readonly version: "0.2.79" | "current";
}

async function check({ lib, folders, version }: Checked): Promise<CheckReport> {
  const profile = mkdtempSync(join(tmpdir(), "web-lag-profile-"));
  const server = await createServer({
    root: ROOT,
    cacheDir: join(profile, "vite"),
    configFile: false,
    logLevel: "error",
    plugins: [serveModel({ lib: resolve(lib), folders })],
    server: { host: "127.0.0.1", port: 0, hmr: false },
    optimizeDeps: { include: ["@mlc-ai/web-llm", "web-llm-0.2.79"], entries: [] },
  });
  await server.listen();
  const context = await chromium.launchPersistentContext(join(profile, "chromium"), {
    executablePath: findChromium(),
    headless: true,
    args: chromiumArgs(),
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    page.setDefaultTimeout(0);
    page.on("console", (message) => console.error(message.text()));
    page.on("pageerror", (error) => console.error(`In the page: ${error.message}`));
    const origin = `http://127.0.0.1:${server.config.server.port}`;
    await page.goto(`${origin}/scripts/web-llm/page.html`);
    await page.waitForFunction(() => window.verifyWebLlm !== undefined);
    const options = { version, model: `${origin}/given-model/`, lib: `${origin}/given-model/lib.wasm` };
    return await page.evaluate((given) => window.verifyWebLlm!(given), options).catch(explain);
  } finally {
    await context.close();
    await server.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

function asTable({ version, adapter, model, notices, rows }: CheckReport): string {
  const lines = rows.map(
    ({ check, got, expected, pass }) => `| ${check} | ${got} | ${expected} | ${pass ? "pass" : "**FAIL**"} |`,
  );
  const failed = rows.filter(({ pass }) => !pass).length;
  return [
    `WebLLM ${version}, ${model}, on ${adapter}.`,
    ...notices,
    "",
    "| check (largest absolute difference, unless said otherwise) | measured | expected | |",
    "|---|---|---|---|",
    ...lines,
    "",
    failed === 0 ? `All ${rows.length} checks passed.` : `${failed} of ${rows.length} checks FAILED.`,
  ].join("\n");
}

/** The path, where it is there. Throws InputError. */
function present(path: string | undefined, option: string, what: string): string {
  if (path !== undefined && existsSync(path)) return path;
  throw new InputError(
    path === undefined
      ? `${option} is missing, expected ${what}. See --help.`
      : `${option}: ${path} is not there, expected ${what}. Give a path that is there.`,
  );
}

try {
  await main();
} catch (error) {
  // Errors raised on purpose say what to do; of others the place matters too.
  console.error(
    error instanceof LagError ? error.message : error instanceof Error ? error.stack : messageOf(error),
  );
  process.exitCode = 1;
}
