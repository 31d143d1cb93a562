/** The built library: made when it is missing or stale, by the same commands in a shell and under a test runner. */
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { isOlder, ROOT } from "./built-page.ts";

export const LIBRARY = join(ROOT, "dist-lib");

/** What it is made from. */
const SOURCES = [
  "src",
  "workers",
  "shaders",
  "public/models/embedded",
  "vite.lib.config.ts",
  "tsconfig.lib.json",
  "scripts/lib/library.ts",
  "package-lock.json",
];

export function ensureLibrary(): void {
  const sources = SOURCES.map((path) => join(ROOT, path));
  if (isOlder(join(LIBRARY, "lag-chat.js"), sources)) buildLibrary();
}

export function buildLibrary(): void {
  console.error("Building the library…");
  const vite = ["build", "--config", "vite.lib.config.ts", "--logLevel", "error"];
  run("vite/bin/vite.js", vite);
  run("typescript/bin/tsc", ["-p", "tsconfig.lib.json"]);
  for (const path of declarations()) writeFileSync(path, withScriptNames(readFileSync(path, "utf8")));
  cpSync(join(ROOT, "public/models/embedded"), join(LIBRARY, "models/embedded"), { recursive: true });
  run("vite/bin/vite.js", [...vite, "--mode", "script"]);
}

/** In a process of its own: under a test runner, NODE_ENV would make it another build than the one that is shipped. */
function run(script: string, args: readonly string[]): void {
  const [name, ...rest] = script.split("/");
  const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  execFileSync(process.execPath, [join(folder, ...rest), ...args], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", 2, 2], // standard output belongs to whoever asked
  });
}

function declarations(): string[] {
  return readdirSync(join(LIBRARY, "types"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".d.ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Declarations name each other as the scripts that they describe: `./a.ts` is `./a.js` for who reads them. */
function withScriptNames(declaration: string): string {
  return declaration.replace(/(["'])(\.{1,2}\/[^"']+)\.ts\1/g, "$1$2.js$1");
}
