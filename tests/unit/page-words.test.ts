/** The page's code holds no words for people: they all stand in the catalogue, where another language can take their place. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const APP = join(import.meta.dirname, "../../src/app");
/** What selects elements, looks for a name, or takes names apart. */
const SELECTS = /^(find|querySelector|querySelectorAll|closest|matches|includes|split)$/;
/** Words that a file of data has, not the page. */
const DATA: Readonly<Record<string, readonly string[]>> = { "report/report-csv.ts": ["growing bank"] };

/** Two words side by side, or one that begins as a sentence does. */
const WORDS = /(?<![\w\-.#])\p{L}+,? \p{L}{2,}(?![\w-])|^\s*\p{Lu}\p{Ll}+[.…:?]?\s*$/u;

/** Literals of a source that look like words for people. */
function wordsIn(source: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isForMachines(node)) return;
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      if (WORDS.test(node.text)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("page.ts", source, ts.ScriptTarget.Latest));
  return found;
}

/** Imports and types, selectors, what is compared, what a developer's console says, and mistakes of the page itself. */
function isForMachines(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return true;
  if (ts.isNewExpression(node)) return ts.isIdentifier(node.expression) && node.expression.text === "Error";
  if (ts.isBinaryExpression(node))
    return ts.isStringLiteral(node.right) && /^[!=]==$/.test(ts.tokenToString(node.operatorToken.kind) ?? "");
  if (!ts.isCallExpression(node)) return false;
  const called = node.expression;
  if (ts.isIdentifier(called)) return SELECTS.test(called.text);
  if (!ts.isPropertyAccessExpression(called)) return false;
  const { expression, name } = called;
  return SELECTS.test(name.text) || (ts.isIdentifier(expression) && expression.text === "console");
}

const files = readdirSync(APP, { recursive: true, withFileTypes: true })
  .filter(({ name, parentPath }) => name.endsWith(".ts") && !parentPath.endsWith("/texts"))
  .map(({ name, parentPath }) => relative(APP, join(parentPath, name)));

describe("words for people", () => {
  it("are told from names, selectors and messages to developers", () => {
    const words = (source: string) => wordsIn(source);
    expect(words('show("The report cannot be used.")')).toEqual(["The report cannot be used."]);
    expect(words('element("button", "quiet", "Dismiss")')).toEqual(["Dismiss"]);
    expect(words("say(`Save as PNG: $" + "{title}`)")).toEqual(["Save as PNG: "]);
    expect(words("new InputError(`It is $" + "{n}. Give a number.`)")).toEqual([
      "It is ",
      ". Give a number.",
    ]);
    for (const source of [
      'import a from "the other file"; let b: "in use" | "Done";',
      'find(".panel li a, thead tr"); item.querySelector("details summary");',
      'if (event.key === "Enter") throw new Error("No such thing here.");',
      'console.warn("This page will not work offline:");',
      'ctx.font = "600 13px system-ui, sans-serif"; box.className = "quiet log-mark"; named("AbortError");',
    ])
      expect(words(source), source).toEqual([]);
  });

  it.each(files)("%s has none", (file) => {
    const words = wordsIn(readFileSync(join(APP, file), "utf8"));
    expect(words.filter((word) => !DATA[file]?.includes(word))).toEqual([]);
  });
});
