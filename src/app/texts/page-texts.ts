/** The texts that stand in index.html, in the page's language. Apart from the others: the build puts them in, and no script carries them. */
export { page as pageTexts } from "./en-page.ts";
