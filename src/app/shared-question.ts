/** What another application shares with the installed page, as its manifest asks for it: text becomes a question. */

/** The question in `search` ("?text=…"), or null; an address alone asks nothing. */
export function sharedQuestion(search: string): string | null {
  const given = new URLSearchParams(search);
  const question = (given.get("text") ?? "").trim() || (given.get("title") ?? "").trim();
  return question === "" ? null : question;
}

/** `search` without what was shared, so that a reload does not ask again. */
export function withoutShared(search: string): string {
  const rest = new URLSearchParams(search);
  for (const name of ["text", "title", "url"]) rest.delete(name);
  return rest.size === 0 ? "" : `?${rest}`;
}
