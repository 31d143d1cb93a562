/** Imports run one way, each third-party package has one door, and the public graph has no cycle. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

/** What each folder may import besides itself. Lowest first: this list is the architecture. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "src/terms": [],
  "src/gpu": ["src/terms"],
  "src/kernels": ["src/terms", "src/gpu", "shaders"],
  "src/retrieve": ["src/terms"],
  "src/bank": ["src/terms", "src/retrieve"],
  "src/engine": ["src/terms", "src/gpu", "src/kernels"],
  "src/embed": ["src/terms", "src/retrieve", "src/engine"],
  "src/hub": ["src/terms", "src/engine", "src/embed"],
  "src/compose": ["src/terms", "src/engine"],
  "src/record": ["src/terms", "src/engine", "src/bank", "src/compose"],
  "src/runtime": ["src/terms", "src/retrieve", "src/bank", "src/engine", "src/compose", "src/record"],
  "src/evaluation": ["src/terms", "src/retrieve", "src/bank", "src/engine", "src/compose", "src/runtime"],
  workers: [
    "src/terms",
    "src/gpu",
    "src/retrieve",
    "src/bank",
    "src/engine",
    "src/embed",
    "src/hub",
    "src/runtime",
    "src/client",
  ],
  "src/client": ["src/terms", "types only"],
  "src/testing": [
    "src/terms",
    "src/retrieve",
    "src/bank",
    "src/engine",
    "src/compose",
    "src/runtime",
    "types only",
  ],
  "src/api": ["src/terms", "src/client", "types only"],
  "src/ai-sdk": ["src/terms", "src/api", "types only"],
  // Of the page only what reads a corpus file, and what cuts a response at its tags.
  "src/element": ["src/terms", "src/client", "src/app", "types only"],
  "src/entries": [
    "src/terms",
    "src/client",
    "src/api",
    "src/ai-sdk",
    "src/testing",
    "src/element",
    "types only",
  ],
  "src/app": ["src/terms", "src/client", "src/evaluation", "types only"],
};

/** The files that alone may import a package. */
const DOORS: Record<string, readonly string[]> = {
  idb: ["src/bank/", "src/app/report/kept-entries.ts", "src/app/storage/page-database.ts"],
  marked: ["src/app/chat/markdown.ts"],
  dompurify: ["src/app/chat/markdown.ts"],
  "pdfjs-dist": ["src/app/documents/pdf-text.ts"],
  lit: ["src/element/"],
  uplot: ["src/app/report/draw-chart.ts"],
  "onnxruntime-web": ["src/engine/onnx/session.ts"],
  "@mlc-ai/web-llm": ["src/engine/webllm/library.ts"],
  "@huggingface/tokenizers": ["src/engine/tokenizer.ts"],
  "@huggingface/jinja": ["src/engine/chat-template.ts"],
  minisearch: ["src/retrieve/lexical-index.ts"],
  "jsonc-parser": ["src/evaluation/json-lines.ts"],
  comlink: ["src/client/connect.ts", "src/client/connect-hub.ts", "workers/"],
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const found: Import[] = [];
  for (const match of text.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:[^"';]*?\s+from\s+)?"([^"]+)";|\bimport\("([^"]+)"\)/gm,
  )) {
    const target = match[2] ?? match[3]!;
    if (target.endsWith("?worker&url")) continue; // an address, no code
    const to = target.startsWith(".")
      ? relative(ROOT, resolve(ROOT, dirname(file), target.replace(/\?.*$/, "")))
      : target;
    found.push({ from: file, to, typeOnly: match[1] !== undefined });
  }
  return found;
}

const files = [...filesUnder("src"), ...filesUnder("workers")];
const imports = files.flatMap(importsOf);
const folderOf = (path: string) =>
  path.startsWith("src/") ? path.split("/").slice(0, 2).join("/") : path.split("/")[0]!;

describe("layers", () => {
  it("the graph that is checked is not empty", () => {
    expect(files.length).toBeGreaterThan(40);
    expect(imports.length).toBeGreaterThan(80);
  });

  it("imports run one way", () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      if (!to.startsWith("src/") && !to.startsWith("workers") && !to.startsWith("shaders")) return false;
      const [source, target] = [folderOf(from), folderOf(to)];
      if (source === target) return false;
      const allowed = MAY_IMPORT[source];
      if (!allowed) return true;
      return !(allowed.includes(target) || (typeOnly && allowed.includes("types only")));
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it("each package has its door", () => {
    const wrong = imports.filter(({ from, to }) => {
      const name = Object.keys(DOORS).find((pkg) => to === pkg || to.startsWith(`${pkg}/`));
      if (!name || to.endsWith("?url")) return false;
      return !DOORS[name]!.some((door) => (door.endsWith("/") ? from.startsWith(door) : from === door));
    });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it("value imports have no cycle", () => {
    const edges = new Map<string, string[]>();
    for (const { from, to, typeOnly } of imports) {
      if (!typeOnly) edges.set(from, [...(edges.get(from) ?? []), to]);
    }
    const state = new Map<string, "open" | "done">();
    const cycles: string[] = [];
    const visit = (file: string, path: string[]): void => {
      if (state.get(file) === "done") return;
      if (state.get(file) === "open") {
        cycles.push([...path.slice(path.indexOf(file)), file].join(" → "));
        return;
      }
      state.set(file, "open");
      for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
      state.set(file, "done");
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });
});
