/**
 * `npm run pwa-images`: the images that the manifest names. Icons are drawn of public/favicon.svg: as it is, and for
 * masks, which may cut all but a circle of 80%, without its rounded corners. Screenshots are taken of the built page.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Page } from "playwright";
import { openBuiltPage, ROOT } from "./lib/built-page.ts";

const PUBLIC = join(ROOT, "public");
const QUESTION = "Where was the director of film The Salt Orchard born?";
const SHOTS = { wide: { width: 1280, height: 800 }, narrow: { width: 412, height: 915 } } as const;
const WAIT = { timeout: 300_000 };

async function draw(page: Page, svg: string, size: number, path: string): Promise<void> {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  await save(page, path, true);
}

async function save(page: Page, path: string, transparent: boolean): Promise<void> {
  const file = join(PUBLIC, path);
  mkdirSync(dirname(file), { recursive: true });
  await page.screenshot({ path: file, omitBackground: transparent, animations: "disabled" });
  console.log(path);
}

const { page, context, close } = await openBuiltPage({ backend: "wasm" });
try {
  await page.waitForSelector("#model[data-state=ready]", WAIT);
  await page.waitForSelector(".example", { state: "attached", ...WAIT });
  await page.fill("#question", QUESTION);
  await page.press("#question", "Enter");
  await page.locator(".turn-summary").first().waitFor(WAIT);
  for (const [name, viewport] of Object.entries(SHOTS)) {
    await page.setViewportSize(viewport);
    await save(page, `screenshots/${name}.png`, false);
  }
  const drawing = await context.newPage();
  const icon = readFileSync(join(PUBLIC, "favicon.svg"), "utf8");
  // The drawing lies within the circle that no mask cuts once it is three quarters of its size.
  const masked = icon
    .replace(
      /(<rect width="32" height="32") rx="7"( [^>]*>)/,
      '$1$2<g transform="translate(4 4) scale(.75)">',
    )
    .replace("</svg>", "</g></svg>");
  for (const size of [192, 512]) {
    await draw(drawing, icon, size, `icons/icon-${size}.png`);
    await draw(drawing, masked, size, `icons/maskable-${size}.png`);
  }
} finally {
  await close();
}
