/** What makes the page installable: its manifest, and that the images are what it says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedQuestion, withoutShared } from "../../src/app/shared-question.ts";
import { png } from "../support/png.ts";

const PUBLIC = join(import.meta.dirname, "../../public");
const HTML = readFileSync(join(PUBLIC, "../index.html"), "utf8");
const manifest = JSON.parse(readFileSync(join(PUBLIC, "manifest.webmanifest"), "utf8"));

interface Image {
  readonly src: string;
  readonly sizes: string;
  readonly type?: string;
  readonly purpose?: string;
  readonly form_factor?: string;
}

interface Shortcut {
  readonly name: string;
  readonly url: string;
  readonly icons: readonly Image[];
}

function sizeOf(src: string): string {
  const { width, height } = png(join(PUBLIC, src));
  return `${width}x${height}`;
}

describe("the manifest", () => {
  it("names what an installed page needs, all within its own folder", () => {
    expect(manifest).toMatchObject({ id: "web-lag", start_url: "./", scope: "./", display: "standalone" });
    for (const field of ["name", "short_name", "description", "background_color", "theme_color"]) {
      expect(manifest[field], field).toMatch(/./);
    }
    expect(HTML).toContain('rel="manifest"');
  });

  it("has shortcuts to views that the page has, with icons that are there", () => {
    for (const { name, url, icons } of manifest.shortcuts as Shortcut[]) {
      expect(url, name).toMatch(/^\.\/(#\w+)?$/);
      const view = url.split("#")[1] ?? "chat";
      expect(HTML, name).toContain(`<main id="${view}"`);
      for (const { src, sizes } of icons) expect(sizeOf(src), name).toBe(sizes);
    }
  });

  it("names images that are there, in the sizes that it says", () => {
    const images: Image[] = [...manifest.icons, ...manifest.screenshots];
    const drawn = images.filter(({ type }) => type === "image/png");
    for (const { src, sizes } of drawn) expect(sizeOf(src), src).toBe(sizes);
    const purposes = drawn.map(({ sizes, purpose }) => `${sizes} ${purpose}`);
    for (const size of ["192x192", "512x512"]) {
      expect(purposes).toContain(`${size} any`);
      expect(purposes).toContain(`${size} maskable`);
    }
    for (const { src, purpose } of drawn)
      if (purpose === "maskable") expect(png(join(PUBLIC, src)).transparent, src).toBe(false);
    expect(manifest.screenshots.map((image: Image) => image.form_factor)).toEqual(["wide", "narrow"]);
  });

  it("takes shared text as a question, once", () => {
    const { params, method, action } = manifest.share_target;
    expect({ method, action }).toEqual({ method: "GET", action: manifest.start_url });
    const shared = new URLSearchParams({
      backend: "wasm",
      [params.title]: "A title",
      [params.text]: " Who? ",
      [params.url]: "https://a.example/",
    });
    expect(sharedQuestion(`?${shared}`)).toBe("Who?");
    expect(sharedQuestion("?title=A+title")).toBe("A title");
    expect(sharedQuestion("?url=https://a.example/&text=")).toBeNull();
    expect(withoutShared(`?${shared}`)).toBe("?backend=wasm");
    expect(withoutShared("?text=Who?")).toBe("");
  });
});
