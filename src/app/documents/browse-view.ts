/** A look into the corpus: its first documents, put on the page only while the person has them open. */
import type { Document } from "../../terms/document.ts";
import { find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import { documentEntries } from "./document-list.ts";

const DOCUMENTS_SHOWN = 200;

export interface BrowseView {
  show(documents: readonly Document[]): void;
}

export function mountBrowseView(): BrowseView {
  const details = find<HTMLDetailsElement>(".browse");
  const list = find(".document-list", details);
  const more = find(".browse-more", details);
  let documents: readonly Document[] = [];

  function fill(): void {
    const shown = details.open ? documents.slice(0, DOCUMENTS_SHOWN) : [];
    list.replaceChildren(...documentEntries(shown));
    const left = documents.length - DOCUMENTS_SHOWN;
    more.hidden = left <= 0;
    more.textContent = left > 0 ? texts.documents.moreInCorpus(left) : "";
  }

  details.addEventListener("toggle", fill);
  return {
    show(given) {
      documents = given;
      fill();
    },
  };
}
