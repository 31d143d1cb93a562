/** The page as an installed application: what is shared with it, the network off, a new build that waits. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { preview } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BuiltPage, DIST, ensureBuilt, openBuiltPage, ROOT } from "../../scripts/lib/built-page.ts";
import { PATIENCE, untilQuiet, waitUntilReady } from "../support/page-driver.ts";

const QUESTION = "Where was the father of Bastian Rohmquist buried?";

let built: BuiltPage;
let server: Awaited<ReturnType<typeof preview>>;
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
    const { page } = built;
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      while (!navigator.serviceWorker.controller) await new Promise((resolve) => setTimeout(resolve, 50));
    });
    fetched.length = 0;
    build = "\n// another build\n";
    await page.reload();
    await waitUntilReady(page);
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
});
