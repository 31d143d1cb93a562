/** Text with Markdown → elements. The only importer of marked and dompurify: what a model says is never trusted as markup. */
import DOMPurify from "dompurify";
import { marked } from "marked";

/** Nothing that loads, runs or is filled in: an answer has no business with the network. */
const ALLOWED = [
  ..."p br hr h1 h2 h3 h4 h5 h6 blockquote ul ol li pre code em strong del a".split(" "),
  ..."table thead tbody tr th td".split(" "),
];
/** A page within a page: an answer's headings stand below those of the page. */
const HEADING_LEVELS_DOWN = 3;

/** Works on a text that is still growing too. */
export function markdown(text: string): DocumentFragment {
  const html = marked.parse(text, { async: false, gfm: true, breaks: true });
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: ALLOWED,
    ALLOWED_ATTR: ["href", "start", "align"],
    ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll("a")) {
    link.target = "_blank";
    link.relList.add("noopener", "noreferrer");
  }
  for (const heading of fragment.querySelectorAll("h1, h2, h3, h4, h5, h6")) lower(heading);
  for (const wide of fragment.querySelectorAll("pre, table")) wide.setAttribute("tabindex", "0");
  return fragment;
}

function lower(heading: Element): void {
  const level = Math.min(Number(heading.localName.slice(1)) + HEADING_LEVELS_DOWN, 6);
  const lowered = document.createElement(`h${level}`);
  lowered.append(...heading.childNodes);
  heading.replaceWith(lowered);
}
