/** The few things that every view does with the document. Text from people and models goes in as text, never as markup. */

/** The first element that matches. A miss is a mistake in index.html, so it throws. */
export function find<E extends HTMLElement = HTMLElement>(
  selector: string,
  within: ParentNode = document,
): E {
  const found = within.querySelector<E>(selector);
  if (!found) throw new Error(`index.html has no element for "${selector}".`);
  return found;
}

/** A fresh copy of what a template of index.html holds, as its first element. */
export function clone<E extends HTMLElement = HTMLElement>(templateId: string): E {
  return cloneAll(templateId).firstElementChild as E;
}

/** A fresh copy of everything that a template of index.html holds. */
export function cloneAll(templateId: string): DocumentFragment {
  const copy = find<HTMLTemplateElement & HTMLElement>(`#${templateId}`).content.cloneNode(true);
  return document.importNode(copy as DocumentFragment, true);
}

/** A new element with a class and text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
