/** On which line of a JSON text something stands. Asked only when a file is refused: it parses the text again. */
import { findNodeAtLocation, type ParseError, parseTree } from "jsonc-parser";

/** Names and indices, from the outside in. */
export type JsonPath = readonly (string | number)[];

/** The parser's tolerance for comments and trailing commas, switched off: what breaks JSON.parse breaks it too. */
const STRICT = { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false };

/** 1-based line at which a text that is not JSON stops being it. */
export function lineOfBreak(text: string): number {
  const errors: ParseError[] = [];
  parseTree(text, errors, STRICT);
  return lineAt(text, errors[0]?.offset ?? text.length);
}

/** 1-based line on which the value at `path` begins, or, when it is not there, the one that it is missing from. */
export function lineOf(text: string, path: JsonPath): number {
  const root = parseTree(text);
  if (!root) return 1;
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, depth));
    if (node) return lineAt(text, node.offset);
  }
  return lineAt(text, root.offset);
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split(/\r\n|\n|\r/).length;
}
