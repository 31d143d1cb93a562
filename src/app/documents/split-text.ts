/** A text of any length → documents that are short enough to be read two at a time. Pure. */
import type { Document } from "../../terms/document.ts";

/** Characters of a document, at most: some 150 tokens. A sentence that is longer stays whole. */
const MOST = 600;

/** Headings of Markdown begin documents of their own, named after them; `name` stands before every title. */
export function splitText(name: string, text: string): Document[] {
  return sectionsOf(text).flatMap(({ heading, body }) => {
    const title = heading === "" ? name : `${name}, ${heading}`;
    const parts = partsOf(body);
    return parts.map((part, index) => ({
      title: parts.length === 1 ? title : `${title} (${index + 1})`,
      text: part,
    }));
  });
}

function sectionsOf(text: string): { readonly heading: string; readonly body: string }[] {
  const parts = text.replace(/^\uFEFF/, "").split(/^#{1,6}[ \t]+(.+?)[ \t]*#*$/m);
  const sections = [{ heading: "", body: parts[0]! }];
  for (let at = 1; at < parts.length; at += 2) sections.push({ heading: parts[at]!, body: parts[at + 1]! });
  return sections;
}

/** Paragraphs laid together as far as they fit; longer ones are cut between sentences. */
function partsOf(body: string): string[] {
  const paragraphs = body
    .split(/(?:\r?\n[ \t]*){2,}/)
    .map((paragraph) => paragraph.replace(/\s+/g, " ").trim())
    .filter((paragraph) => paragraph !== "");
  const pieces = paragraphs.flatMap((paragraph) =>
    paragraph.length <= MOST ? [paragraph] : together(sentencesOf(paragraph)),
  );
  return together(pieces);
}

function sentencesOf(paragraph: string): string[] {
  const segments = new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(paragraph);
  return Array.from(segments, ({ segment }) => segment.trim());
}

function together(pieces: readonly string[]): string[] {
  const parts: string[] = [];
  for (const piece of pieces) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + 1 + piece.length <= MOST)
      parts[parts.length - 1] = `${last} ${piece}`;
    else parts.push(piece);
  }
  return parts;
}
