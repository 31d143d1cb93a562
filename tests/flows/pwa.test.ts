/** The page as an installed application: what is shared with it, the network off, a new build that waits. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { preview } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type BuiltPage,
  DIST,
  ensureBuilt,
  ORIGIN,
  openBuiltPage,
  ROOT,
} from "../../scripts/lib/built-page.ts";
import { PATIENCE, untilKeptOffline, untilQuiet, waitUntilReady } from "../support/page-driver.ts";

const QUESTION = "Where was the father of Bastian Rohmquist buried?";

let built: BuiltPage;
let server: Awaited<ReturnType<typeof preview>>;
/** Of scripts and styles that the browser needs before it can show the page, packed. */
const MOST_BYTES = 75_000;

/** That of a careful host: nothing from elsewhere, no evaluated text, scripts vouched for by name. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "require-trusted-types-for 'script'",
  "trusted-types web-lag dompurify",
].join("; ");
/** Put behind the service worker's script: another build. */
let build = "";
/** What the page fetched from the server, as paths. */
const fetched: string[] = [];

beforeAll(async () => {
  ensureBuilt();
  server = await preview({
    root: ROOT,
    configFile: false,
    publicDir: false,
    appType: "mpa",
    logLevel: "error",
    plugins: [
      {
        name: "builds",
        configurePreviewServer({ middlewares }) {
          middlewares.use((request, response, next) => {
            const { pathname } = new URL(request.url ?? "/", "http://localhost");
            fetched.push(pathname);
            response.setHeader("Content-Security-Policy", POLICY);
            if (pathname !== "/offline.worker.js") return next();
            response.setHeader("Content-Type", "text/javascript");
            response.end(readFileSync(join(DIST, "offline.worker.js"), "utf8") + build);
          });
        },
      },
    ],
    preview: { port: 0, host: "127.0.0.1" },
  });
  const { port } = server.httpServer.address() as { port: number };
  built = await openBuiltPage({ port, backend: "wasm", offline: true, query: { text: QUESTION } });
});
afterAll(async () => {
  await built?.close();
  await server?.close();
});

describe("the installed page", () => {
  it("begins with little: what it needs to be shown is small", () => {
    const html = readFileSync(join(DIST, "index.html"), "utf8");
    const needed = Array.from(html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g), ([, file]) => file!);
    expect(needed.some((file) => file.endsWith(".js"))).toBe(true);
    expect(needed.some((file) => file.endsWith(".css"))).toBe(true);
    const bytes = [html, ...needed.map((file) => readFileSync(join(DIST, file)))]
      .map((content) => gzipSync(content).length)
      .reduce((sum, size) => sum + size, 0);
    console.log(`the page's beginning: ${bytes} bytes packed, of ${MOST_BYTES}`);
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  it("asks what was shared with it, once, and can be installed", async () => {
    const { page, context } = built;
    await waitUntilReady(page);
    await page.locator(".turn").first().waitFor({ timeout: PATIENCE });
    await untilQuiet(page);
    expect(await page.textContent(".turn-question")).toContain(QUESTION);
    expect(page.url()).not.toContain("text=");
    const session = await context.newCDPSession(page);
    const { errors } = await session.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    // A window without a profile of its own installs nothing.
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito")).toEqual(
      [],
    );
  });

  it("comes from what is kept, and asks before another build takes its place", async () => {
    const { page, context } = built;
    await untilKeptOffline(page);
    fetched.length = 0;
    build = "\n// another build\n";
    const complaints: string[] = [];
    const elsewhere: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", ({ message }) => complaints.push(message));
    context.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol.startsWith("http") && origin !== ORIGIN) elsewhere.push(request.url());
    });
    await page.reload();
    await waitUntilReady(page);
    expect(complaints).toEqual([]);
    expect(elsewhere, "requests to other origins").toEqual([]);
    expect(fetched.filter((path) => /index\.html|assets|models\/embedded\/onnx|^\/$/.test(path))).toEqual([]);
    const notice = page.locator(".notice").filter({ hasText: "A new version of this page is ready" });
    await notice.waitFor({ timeout: PATIENCE });
    await page.evaluate(() => Object.assign(window, { before: true }));
    const loaded = page.waitForEvent("load");
    await notice.getByRole("button", { name: "Load it" }).click();
    await loaded;
    expect(await page.evaluate(() => "before" in window)).toBe(false);
    await waitUntilReady(page);
    expect(await notice.count()).toBe(0);
  });

  it("begins anew with the network off, at its start and at its shortcuts", async () => {
    const { page, context } = built;
    const { start_url, shortcuts } = JSON.parse(readFileSync(join(DIST, "manifest.webmanifest"), "utf8"));
    // The reader of PDF files is large, and kept once it was used.
    const reader = readdirSync(join(DIST, "assets")).filter((file) => file.startsWith("pdf"));
    const kept = () =>
      page.evaluate(async (files) => {
        const [name] = await caches.keys();
        const keys = await (await caches.open(name!)).keys();
        return files.filter((file) => keys.some(({ url }) => url.includes(`/${file}?`)));
      }, reader);
    expect(reader).toHaveLength(2);
    expect(await kept()).toEqual([]);
    await page.evaluate((files) => Promise.all(files.map((file) => fetch(`assets/${file}`))), reader);
    expect(await kept()).toEqual(reader);
    await context.setOffline(true);
    fetched.length = 0;
    await page.goto(new URL(start_url, `${ORIGIN}/`).href);
    await page.waitForSelector("#welcome:not([hidden]), .turn");
    for (const { url } of shortcuts as { url: string }[]) {
      await page.goto(new URL(url, `${ORIGIN}/`).href);
      await page.locator(`main#${url.split("#")[1] ?? "chat"}`).waitFor();
    }
    // The browser itself looks for a new service worker, whatever the pages have.
    expect(fetched.filter((path) => path !== "/offline.worker.js")).toEqual([]);
    await context.setOffline(false);
  });

  it("has links that say where they lead, and lead there", async () => {
    const links = await built.page.evaluate(() =>
      Array.from(document.querySelectorAll("a"), (link) => {
        const { origin, hash } = new URL(link.href, "about:blank");
        const there = hash === "" || hash.startsWith("#chat=") || document.querySelector(hash) !== null;
        return { leads: origin === location.origin && there, named: link.textContent?.trim() !== "" };
      }),
    );
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter(({ leads, named }) => !leads || !named)).toEqual([]);
  });
});
