/** What index.html says before anything is shown: to browsers, search engines, and who makes an icon of the page. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fillTexts } from "../../scripts/lib/texts-plugin.ts";
import { pageTexts } from "../../src/app/texts/page-texts.ts";
import { png } from "../support/png.ts";

const ROOT = join(import.meta.dirname, "../..");
const PUBLIC = join(ROOT, "public");
const html = fillTexts(readFileSync(join(ROOT, "index.html"), "utf8"), pageTexts);
const head = html.slice(0, html.indexOf("</head>"));
const manifest = JSON.parse(readFileSync(join(PUBLIC, "manifest.webmanifest"), "utf8"));

/** Attributes of every element of this kind in the head. */
const all = (tag: "meta" | "link"): Record<string, string>[] =>
  Array.from(head.matchAll(new RegExp(`<${tag}\\s([^>]*)>`, "g")), ([, inside]) =>
    Object.fromEntries(
      Array.from(inside!.matchAll(/([\w-]+)="([^"]*)"/g), ([, name, value]) => [name, value]),
    ),
  );
const metas = (name: string) => all("meta").filter((meta) => meta.name === name);
const links = (rel: string) => all("link").filter((link) => link.rel === rel);

describe("the head of the page", () => {
  it("names its encoding where browsers look for it, and its language", () => {
    expect(Buffer.from(html).subarray(0, 1024).toString()).toMatch(/<meta charset="utf-8"/);
    expect(html).toMatch(/^<!doctype html>\s*<html lang="\w+" dir="(ltr|rtl)">/);
    expect(manifest.lang).toBe(pageTexts.lang);
    expect(manifest.dir).toBe(pageTexts.dir);
  });

  it("has a title and a description of the length that search engines show", () => {
    const title = /<title>([^<]*)<\/title>/.exec(head)![1]!;
    expect(title.length).toBeGreaterThan(10);
    expect(title.length).toBeLessThanOrEqual(70);
    const [description, ...more] = metas("description");
    expect(more).toEqual([]);
    expect(description!.content!.length).toBeGreaterThan(50);
    expect(description!.content!.length).toBeLessThanOrEqual(160);
  });

  it("is as wide as the device, and lets a person zoom", () => {
    const [viewport] = metas("viewport");
    expect(viewport!.content).toContain("width=device-width");
    expect(viewport!.content).not.toMatch(/user-scalable|(maximum|minimum)-scale/);
  });

  it("has a colour for the browser's frame, light and dark: that of the page", () => {
    const tokens = readFileSync(join(ROOT, "src/app/styles/tokens.css"), "utf8");
    const [, light, dark] = /--paper:\s*light-dark\((#\w+), (#\w+)\)/.exec(tokens)!;
    const colours = Object.fromEntries(metas("theme-color").map(({ media, content }) => [media!, content!]));
    expect(colours).toEqual({
      "(prefers-color-scheme: light)": light,
      "(prefers-color-scheme: dark)": dark,
    });
    expect(Object.values(colours)).toContain(manifest.theme_color);
  });

  it("has icons that are there; the one of a home screen is square and opaque, since no corner of it is cut", () => {
    for (const { href } of [...links("icon"), ...links("manifest")])
      expect(existsSync(join(PUBLIC, href!)), href).toBe(true);
    expect(links("icon")).not.toEqual([]);
    const [touch] = links("apple-touch-icon");
    const { width, height, transparent } = png(join(PUBLIC, touch!.href!));
    expect(width).toBe(height);
    expect(width).toBeGreaterThanOrEqual(180);
    expect(transparent).toBe(false);
  });
});
