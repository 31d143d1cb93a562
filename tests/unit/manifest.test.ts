/** What makes the page installable: its manifest, and that the images are what it says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedQuestion, withoutShared } from "../../src/app/shared-question.ts";

const PUBLIC = join(import.meta.dirname, "../../public");
const manifest = JSON.parse(readFileSync(join(PUBLIC, "manifest.webmanifest"), "utf8"));

interface Image {
  readonly src: string;
  readonly sizes: string;
  readonly type?: string;
  readonly purpose?: string;
  readonly form_factor?: string;
}

/** Width and height as the header of a PNG file has them. */
function sizeOf(src: string): string {
  const file = readFileSync(join(PUBLIC, src));
  expect(file.subarray(1, 4).toString(), src).toBe("PNG");
  return `${file.readUInt32BE(16)}x${file.readUInt32BE(20)}`;
}

describe("the manifest", () => {
  it("names what an installed page needs, all within its own folder", () => {
    expect(manifest).toMatchObject({ id: "web-lag", start_url: "./", scope: "./", display: "standalone" });
    for (const field of ["name", "short_name", "description", "background_color", "theme_color"]) {
      expect(manifest[field], field).toMatch(/./);
    }
    for (const { url } of manifest.shortcuts) expect(url).toMatch(/^\.\//);
    expect(readFileSync(join(PUBLIC, "../index.html"), "utf8")).toContain('rel="manifest"');
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
    expect(manifest.screenshots.map((image: Image) => image.form_factor)).toEqual(["wide", "narrow"]);
  });

  it("takes shared text as a question, once", () => {
    const { params, method } = manifest.share_target;
    expect(method).toBe("GET");
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
