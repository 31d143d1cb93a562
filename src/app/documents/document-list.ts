/** Documents as the entries of a description list: title, then text. */
import type { Document } from "../../terms/document.ts";
import { element } from "../dom.ts";

export function documentEntries(documents: readonly Document[]): HTMLElement[] {
  return documents.flatMap(({ title, text }) => [element("dt", "", title), element("dd", "", text)]);
}
