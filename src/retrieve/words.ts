/** Text → words for lexical search, in any script: "Jurgen Çelhaka's" and "jurgen celhaka" give the same words. */

/** Letters that carry their stroke or ligature in themselves: no decomposition takes it off. */
const FOLDED: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ħ: "h",
  ı: "i",
};

/** Accents of Latin, Greek and Cyrillic. The marks of other scripts are vowels and stay. */
const ACCENTS = /[\u0300-\u036f]/g;
const POSSESSIVE = /(?<=[\p{L}\p{N}])['’ʼ]s(?![\p{L}\p{N}])/gu;
/** Scripts written without spaces give one word a character. */
const UNSPACED = String.raw`[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]`;
const WORD = new RegExp(`${UNSPACED}|(?:(?!${UNSPACED})[\\p{L}\\p{N}\\p{M}])+`, "gu");

/** In order, with repetitions. */
export function wordsOf(text: string): string[] {
  const folded = text
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(ACCENTS, "") // "İ" leaves its dot behind only when it becomes a small letter
    .replace(POSSESSIVE, "")
    .replace(/[ßæœøđðþłħı]/g, (letter) => FOLDED[letter]!);
  return folded.match(WORD) ?? [];
}
