/** A response, cut where its tags stand, so that the page can show what the model asks for or answers. */

export type PartKind = "text" | "keywords" | "subquestion" | "answer";

export interface Part {
  readonly kind: PartKind;
  readonly text: string;
}

const KINDS: Readonly<Record<string, PartKind>> = {
  ans: "answer",
  keywords: "keywords",
  subquestion: "subquestion",
};
const TAGGED = /<(ans|keywords|subquestion)>([\s\S]*?)(?:<\/\1>|$)/gi;
/** A tag whose characters are still arriving, at the very end. */
const UNFINISHED = /<\/?[a-z]*$/i;

/** Parts in order; empty ones are left out. Works on a response that is still growing. */
export function partsOf(response: string): Part[] {
  const parts: Part[] = [];
  const push = (kind: PartKind, text: string) => {
    const trimmed = text.trim();
    if (trimmed !== "") parts.push({ kind, text: trimmed });
  };
  const shown = response.replace(UNFINISHED, "");
  let from = 0;
  for (const match of shown.matchAll(TAGGED)) {
    push("text", shown.slice(from, match.index));
    push(KINDS[match[1]!.toLowerCase()]!, match[2]!);
    from = match.index + match[0].length;
  }
  push("text", shown.slice(from));
  return parts;
}
