/** Files that a person gives → documents, and what of them could not be read. */
import type { Document } from "../../terms/document.ts";
import { messageOf } from "../../terms/errors.ts";
import { keepUsed } from "../offline.ts";
import { texts } from "../texts/texts.ts";
import { describeBadLine, parseCorpus } from "./corpus-jsonl.ts";
import { splitText } from "./split-text.ts";

export interface ReadFiles {
  readonly documents: readonly Document[];
  /** One sentence each. */
  readonly problems: readonly string[];
  /** Of the problems: lines of corpus files that were refused. */
  readonly badLines: number;
}

/** Endings of file names that are read. */
export const READ = [".txt", ".md", ".jsonl", ".ndjson", ".pdf"] as const;

type Reader = (file: File) => Promise<ReadFiles>;

const READERS: Readonly<Record<string, Reader>> = {
  txt: readText,
  md: readText,
  markdown: readText,
  jsonl: readLines,
  ndjson: readLines,
  pdf: readPdf,
};

/** Never rejects: a file that cannot be read is a problem. */
export async function readFiles(files: readonly File[]): Promise<ReadFiles> {
  const read = await Promise.all(files.map((file) => readFile(file, files.length > 1)));
  return {
    documents: read.flatMap(({ documents }) => documents),
    problems: read.flatMap(({ problems }) => problems),
    badLines: read.reduce((sum, { badLines }) => sum + badLines, 0),
  };
}

/** `named`: problems say in which file they are. */
async function readFile(file: File, named: boolean): Promise<ReadFiles> {
  const reader = READERS[file.name.split(".").at(-1)!.toLowerCase()];
  if (!reader) return onlyProblem(texts.documents.unknownKind(file.name, READ.join(", ")));
  try {
    const read = await reader(file);
    if (read.documents.length === 0 && read.problems.length === 0)
      return onlyProblem(texts.documents.noText(file.name));
    return named ? { ...read, problems: read.problems.map((problem) => `${file.name}: ${problem}`) } : read;
  } catch (error) {
    return onlyProblem(`${texts.documents.unreadable(file.name)} ${messageOf(error)}`);
  }
}

async function readText(file: File): Promise<ReadFiles> {
  return only(splitText(baseOf(file.name), await file.text()));
}

async function readLines(file: File): Promise<ReadFiles> {
  const { documents, badLines } = parseCorpus(await file.text());
  return { documents, problems: badLines.map(describeBadLine), badLines: badLines.length };
}

async function readPdf(file: File): Promise<ReadFiles> {
  const { pdfText } = await import("./pdf-text.ts");
  const pages = await pdfText(await file.arrayBuffer());
  keepUsed("assets/pdf");
  const documents = pages.flatMap((text, index) =>
    splitText(texts.documents.page(baseOf(file.name), index + 1), text),
  );
  if (documents.length > 0) return only(documents);
  return onlyProblem(texts.documents.pictures(file.name));
}

function only(documents: readonly Document[]): ReadFiles {
  return { documents, problems: [], badLines: 0 };
}

function onlyProblem(problem: string): ReadFiles {
  return { documents: [], problems: [problem], badLines: 0 };
}

function baseOf(name: string): string {
  return name.replace(/\.[^.]*$/, "");
}
