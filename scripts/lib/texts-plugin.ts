/** Vite plugin: puts the texts of the page's language where index.html names them, as in {{tryAgain}}. */
import type { Plugin } from "vite";
import { InputError } from "../../src/terms/errors.ts";

type PageTexts = Readonly<Record<string, string>>;

const NAMED = /\{\{(\w+)\}\}/g;

export function textsPlugin(texts: PageTexts): Plugin {
  return {
    name: "web-lag:texts",
    transformIndexHtml: { order: "pre", handler: (html) => fillTexts(html, texts) },
  };
}

/** Throws InputError that names a text which the catalogue lacks. */
export function fillTexts(html: string, texts: PageTexts): string {
  return html.replace(NAMED, (_, name: string) => {
    const text = texts[name];
    if (text !== undefined) return text;
    throw new InputError(`index.html names the text "${name}", which src/app/texts lacks. Add it there.`);
  });
}

/** The names that a page uses, in order. */
export function namesIn(html: string): string[] {
  return Array.from(html.matchAll(NAMED), ([, name]) => name!);
}
