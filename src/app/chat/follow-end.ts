/** Makes a change and follows what grows at the end of the page, unless the person has scrolled away from it. */
export function followEnd(change: () => void): void {
  const page = document.documentElement;
  const atEnd = page.scrollHeight - page.scrollTop - page.clientHeight < 120;
  change();
  // At once: while a smooth scroll is under way the end is far, and the next change would not be followed.
  if (atEnd) page.scrollTo({ top: page.scrollHeight, behavior: "instant" });
}
