/** Which tagged action of a response counts, and where it stands. The one place that decides. Pure. */

const TAGS = ["ans", "keywords", "subquestion"] as const;
export type ActionTag = (typeof TAGS)[number];

export interface TaggedAction {
  readonly tag: ActionTag;
  /** What stands between the tags, without tags inside it, on one line. Never empty. */
  readonly text: string;
  /** The characters [from, to) of the response, both tags included. */
  readonly from: number;
  readonly to: number;
}

/**
 * The actions that count, in order, all of one tag: answers win over keywords, keywords over subquestions. An empty
 * one is none. A tag that is never closed is no tag: the response was cut, so its content may be too.
 */
export function taggedActions(response: string): readonly TaggedAction[] {
  for (const tag of TAGS) {
    const found = actionsOf(response, tag);
    if (found.length > 0) return found;
  }
  return [];
}

/** Tags of all kinds become spaces, and every run of white space one space. */
export function withoutTags(text: string): string {
  return text.replace(ANY_TAG, " ").replace(/\s+/g, " ").trim();
}

const ANY_TAG = new RegExp(`<\\s*/?\\s*(?:${TAGS.join("|")})\\s*>`, "gi");

function actionsOf(response: string, tag: ActionTag): TaggedAction[] {
  const [open, close] = [`<\\s*${tag}\\s*>`, `<\\s*/\\s*${tag}\\s*>`];
  // A tag opened twice counts from its second opening: the first one was abandoned.
  const pattern = new RegExp(`${open}((?:(?!${open})[^])*?)${close}`, "gi");
  return [...response.matchAll(pattern)]
    .map((match) => ({
      tag,
      text: withoutTags(match[1]!),
      from: match.index,
      to: match.index + match[0].length,
    }))
    .filter(({ text }) => text !== "");
}
