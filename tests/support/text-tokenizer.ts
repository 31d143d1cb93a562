/** Tokenizers as modes see them: those of model folders, and one that is made by hand. */
import type { TextTokenizer } from "../../src/compose/text-tokenizer.ts";
import type { Tokenizer } from "../../src/engine/tokenizer.ts";

export function textTokenizer({ plain, decode }: Tokenizer): TextTokenizer {
  return { tokenize: plain, decode };
}

/**
 * Takes the longest of `pieces` that comes next, or one character. Ids count up in the order in which pieces were
 * first met; so `piecesOf` can show what was cut where.
 */
export function handMade(
  pieces: readonly string[],
): TextTokenizer & { piecesOf(ids: readonly number[]): string[] } {
  const longestFirst = pieces.toSorted((a, b) => b.length - a.length);
  const known: string[] = [];
  const idOf = (piece: string) => (known.includes(piece) ? known.indexOf(piece) : known.push(piece) - 1);
  const piecesOf = (ids: readonly number[]) => ids.map((id) => known[id]!);
  return {
    tokenize(text) {
      const ids: number[] = [];
      for (let at = 0; at < text.length; ) {
        const piece =
          longestFirst.find((one) => text.startsWith(one, at)) ?? String.fromCodePoint(text.codePointAt(at)!);
        ids.push(idOf(piece));
        at += piece.length;
      }
      return ids;
    },
    decode: (ids) => piecesOf(ids).join(""),
    piecesOf,
  };
}
