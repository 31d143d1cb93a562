/** A corpus file: JSON lines `{"title": …, "text": …}`. Every bad line is refused by number; the good ones stay. */
import type { Document } from "../../terms/document.ts";
import { corpusTexts } from "../texts/corpus-texts.ts";

export interface BadLine {
  /** 1-based, as editors count. */
  readonly line: number;
  readonly reason: string;
}

export interface ParsedCorpus<D = Document> {
  readonly documents: readonly D[];
  readonly badLines: readonly BadLine[];
}

/** What a line's other fields make of its document, or why the line is bad. */
export type ReadLine<D> = (document: Document, fields: Readonly<Record<string, unknown>>) => D | string;

/** Parses the text of a file. Empty lines are no documents and no mistakes. Never throws. */
export function parseCorpus(text: string): ParsedCorpus {
  return parseCorpusWith(text, (document) => document);
}

/** The same, where more than title and text counts. */
export function parseCorpusWith<D extends Document>(text: string, read: ReadLine<D>): ParsedCorpus<D> {
  const documents: D[] = [];
  const badLines: BadLine[] = [];
  text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .forEach((content, index) => {
      if (content.trim() === "") return;
      const parsed = parseLine(content, read);
      if (typeof parsed === "string") badLines.push({ line: index + 1, reason: parsed });
      else documents.push(parsed);
    });
  return { documents, badLines };
}

/** The document of a line, or why there is none. */
function parseLine<D extends Document>(content: string, read: ReadLine<D>): D | string {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return corpusTexts.notJson(excerpt(content));
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return corpusTexts.notObject(excerpt(content));
  }
  const fields = value as Record<string, unknown>;
  const { title, text } = fields;
  for (const [name, field] of [
    ["title", title],
    ["text", text],
  ] as const) {
    if (typeof field !== "string") return corpusTexts.noField(name);
    if (field.trim() === "") return corpusTexts.emptyField(name);
  }
  return read({ title: title as string, text: text as string }, fields);
}

function excerpt(content: string): string {
  return content.length > 60 ? `${content.slice(0, 60)}…` : content;
}

/** One sentence a bad line. */
export function describeBadLine({ line, reason }: BadLine): string {
  return corpusTexts.badLine(line, reason);
}
