/**
 * The built page for scripts and tests: builds it when it is missing or stale, serves it, opens it in headless
 * Chromium. The page always has one origin, whatever port it is served from, so that a kept browser profile finds
 * its own bank again.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright";
import { preview } from "vite";
import type { BackendChoice } from "../../src/client/protocol.ts";
import { chromiumArgs, findChromium } from "./chromium.ts";
import { type ModelMount, serveMount } from "./model-mount.ts";

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
export const DIST = join(ROOT, "dist");

/** Names under localhost are secure contexts, so WebGPU, Web Locks and service workers are there. */
export const ORIGIN = "http://web-lag.localhost";

/** What `dist/` is made from. */
const SOURCES = [
  "src",
  "workers",
  "shaders",
  "public",
  "index.html",
  "vite.config.ts",
  "scripts/lib/built-page.ts",
  "scripts/lib/offline-plugin.ts",
  "scripts/lib/texts-plugin.ts",
  "package-lock.json",
];

/** Builds `dist/` unless it is newer than everything that it is made from. Says so on standard error. */
export function ensureBuilt(): void {
  const sources = SOURCES.map((path) => join(ROOT, path));
  if (!isStale(DIST, sources)) return;
  console.error("Building the page…");
  // In a process of its own: under a test runner, NODE_ENV would make it another page than the one that is shipped.
  const vite = join(dirname(createRequire(import.meta.url).resolve("vite/package.json")), "bin/vite.js");
  execFileSync(process.execPath, [vite, "build", "--logLevel", "error"], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "production" },
    stdio: ["ignore", 2, 2], // standard output belongs to whoever asked for the page
  });
}

/** Whether a build folder is missing or older than the newest of its sources. */
export function isStale(folder: string, sources: readonly string[]): boolean {
  return isOlder(join(folder, "index.html"), sources);
}

/** Whether a file is missing or older than the newest of its sources. */
export function isOlder(file: string, sources: readonly string[]): boolean {
  return !existsSync(file) || Math.max(...sources.map(newest)) > statSync(file).mtimeMs;
}

/** Time of the last change under a path, folders included: a deleted file changes its folder. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

export interface Served {
  readonly port: number;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** 0 = any that is free. */
  readonly port?: number;
  /** The path under which the page appears. */
  readonly base?: string;
  /** A model beside those of the page. */
  readonly mount?: ModelMount | undefined;
}

/** Serves `dist/` on this machine. */
export async function serveDist({ port = 0, base = "/", mount }: ServeOptions = {}): Promise<Served> {
  const server = await preview({
    root: ROOT,
    base,
    configFile: false,
    publicDir: false,
    appType: "mpa", // a missing file is a 404, never the page in its place
    logLevel: "error",
    plugins: mount ? [serveMount(mount)] : [],
    preview: { port, host: "127.0.0.1", strictPort: port !== 0 },
  });
  const address = server.httpServer.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return { port: address.port, close: () => server.close() };
}

export interface OpenOptions {
  /** The model that the page loads, where it is none of its own. Not with `port`: it is served along with the page. */
  readonly mount?: ModelMount | undefined;
  /** Where the page is served already. Default: it is built when needed, and served until this page closes. */
  readonly port?: number;
  /** Where the model runs. Default auto. */
  readonly backend?: BackendChoice;
  /** Folder of the site in which the page stands, with a slash at its end. Default: the root. */
  readonly path?: string;
  /** More of the page's options, as in src/app/options.ts. */
  readonly query?: Readonly<Record<string, string>>;
  /** Folder of the browser profile, kept. Default: a fresh one, deleted on close. */
  readonly profile?: string;
  /** Whether the page may register its service worker. Default false. */
  readonly offline?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
}

export interface BuiltPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Address of the page, with its options. */
  readonly url: string;
  close(): Promise<void>;
}

/** Opens the built page. What goes wrong inside it is printed on standard error. */
export async function openBuiltPage(options: OpenOptions = {}): Promise<BuiltPage> {
  if (options.port === undefined) {
    ensureBuilt();
    const { mount, query } = options;
    const served = await serveDist({ mount });
    try {
      const model = mount && { model: mount.path };
      const built = await openBuiltPage({ ...options, query: { ...query, ...model }, port: served.port });
      return { ...built, close: () => built.close().finally(served.close) };
    } catch (error) {
      await served.close();
      throw error;
    }
  }
  const profile = options.profile
    ? resolve(options.profile)
    : mkdtempSync(join(tmpdir(), "web-lag-profile-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    headless: true,
    args: [
      ...chromiumArgs(),
      `--host-resolver-rules=MAP ${new URL(ORIGIN).host}:80 127.0.0.1:${options.port}`,
    ],
    serviceWorkers: options.offline ? "allow" : "block",
    viewport: options.viewport ?? { width: 1280, height: 900 },
  });
  const close = async () => {
    await context.close();
    if (!options.profile) rmSync(profile, { recursive: true, force: true });
  };
  const url = `${ORIGIN}/${options.path ?? ""}?${new URLSearchParams({ backend: options.backend ?? "auto", ...options.query })}`;
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    page.on("pageerror", (error) => console.error(`In the page: ${error.message}`));
    await page.goto(url);
    return { context, page, url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
