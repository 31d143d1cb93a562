/** The texts about corpus files, in the page's language. Apart from the others, since the element carries only these. */
export { corpus as corpusTexts } from "./en-corpus.ts";
