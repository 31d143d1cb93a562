/**
 * How a screen looks, against a small picture of how it looked: a quarter of its size, so that a pixel here or there, or
 * a word more, is no difference, and another colour, a missing part or a broken layout is. WEB_LAG_SCREENS=write in the
 * environment takes the pictures anew.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Page } from "playwright";

const FOLDER = "tests/fixtures/screens";
const SCALE = 0.25;
/** Of 255: by less a channel of a pixel does not differ. */
const SLIGHT = 32;

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
const SCHEMES = ["light", "dark"] as const;

/**
 * Share of pixels that differ, by picture, "conversation-phone-dark"; 1 where a picture is missing. `from`: what stands
 * at the top, on a page that is longer than the window.
 */
export async function differences(
  page: Page,
  screen: string,
  from = "body",
): Promise<Record<string, number>> {
  const shares: Record<string, number> = {};
  for (const [device, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate((selector) => {
        document.querySelector(selector)!.scrollIntoView({ block: "start", behavior: "instant" });
      }, from);
      const name = `${screen}-${device}-${colorScheme}`;
      shares[name] = await difference(page, `${FOLDER}/${name}.png`);
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(SIZES.desktop);
  return shares;
}

async function difference(page: Page, file: string): Promise<number> {
  const now = (await page.screenshot({ animations: "disabled", caret: "hide" })).toString("base64");
  const known = existsSync(file) ? readFileSync(file).toString("base64") : null;
  const { share, small } = await page.evaluate(compare, { now, known, scale: SCALE, slight: SLIGHT });
  if (process.env.WEB_LAG_SCREENS !== "write") return share;
  writeFileSync(file, Buffer.from(small, "base64"));
  return 0;
}

interface Pictures {
  /** PNG, base64. */
  readonly now: string;
  readonly known: string | null;
  readonly scale: number;
  readonly slight: number;
}

/** Runs in the page, which has the means to read pictures. */
async function compare({ now, known, scale, slight }: Pictures): Promise<{ share: number; small: string }> {
  const draw = async (png: string, factor: number) => {
    const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * factor);
    canvas.height = Math.round(bitmap.height * factor);
    const context = canvas.getContext("2d")!;
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return { canvas, data: context.getImageData(0, 0, canvas.width, canvas.height).data };
  };
  const fresh = await draw(now, scale);
  const small = fresh.canvas.toDataURL("image/png").split(",")[1]!;
  if (known === null) return { share: 1, small };
  const old = await draw(known, 1);
  if (old.data.length !== fresh.data.length) return { share: 1, small };
  let differing = 0;
  for (let at = 0; at < old.data.length; at += 4) {
    const most = Math.max(
      ...[0, 1, 2].map((part) => Math.abs(old.data[at + part]! - fresh.data[at + part]!)),
    );
    if (most > slight) differing += 1;
  }
  return { share: differing / (old.data.length / 4), small };
}
