/** Every text of index.html stands in the catalogue, and the catalogue holds no other. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fillTexts, namesIn } from "../../scripts/lib/texts-plugin.ts";
import { pageTexts } from "../../src/app/texts/page-texts.ts";

const HTML = readFileSync("index.html", "utf8");

describe("texts of the page", () => {
  it("index.html and the catalogue name the same texts", () => {
    expect([...new Set(namesIn(HTML))].toSorted()).toEqual(Object.keys(pageTexts).toSorted());
  });

  it("index.html holds no words of its own besides the name", () => {
    const shown = HTML.replace(/<[^>]*>/g, "\n").replace(/\{\{\w+\}\}/g, "");
    expect(shown.match(/\S*[A-Za-z]{2}.*/g)).toEqual(["web-lag"]);
    const said = Array.from(
      HTML.matchAll(/\b(?:aria-label|placeholder|title)="([^"]*)"/g),
      ([, text]) => text!,
    );
    expect(said.filter((text) => /[A-Za-z]{2}/.test(text) && !/^\{\{\w+\}\}$/.test(text))).toEqual([]);
  });

  it("are put in by name; one that is missing is named", () => {
    expect(fillTexts("<p>{{a}}, {{b}}</p>", { a: "One", b: "two $&" })).toBe("<p>One, two $&</p>");
    expect(() => fillTexts("{{c}}", { a: "One" })).toThrowError(
      expect.objectContaining({ name: "InputError", message: expect.stringMatching(/"c".*Add it there/) }),
    );
  });
});
