/**
 * Multiple choice: how a question shows its choices, and which of them an answer means.
 *
 * The rule, in this order; the first that fits decides, and an answer that none fits chooses nothing:
 *   1. the answer is a letter of the question, in brackets or with a mark behind it or not: B, (b), [B], "B.", B)
 *   2. the answer is the text of exactly one choice, compared as SQuAD normalises answers
 *   3. the answer begins with such a letter and a mark: "B. text", "(B) text", "B: text", "B, because", "B - text",
 *      "B (text)". What follows does not count, unless it is another letter: "(A) or (B)" chooses nothing
 *   4. what stands behind "answer", "option" or "choice" at its beginning ("the correct answer is option B") is read by
 *      these rules.
 * Quotation marks, emphasis, dollar signs and `\boxed{}` or `\text{}` around an answer do not count. A letter that the
 * question does not have is no letter: with four choices "E. coli" is text.
 */
import type { JsonValue } from "./json-value.ts";
import { normaliseAnswer } from "./squad.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** `place` is 0-based. */
export function letterOf(place: number): string {
  return LETTERS[place]!;
}

/** The question as it is asked: its choices below it, in the order of the file. */
export function withChoices(question: string, choices: readonly string[]): string {
  return [question, ...choices.map((choice, place) => `${letterOf(place)}. ${choice}`)].join("\n");
}

/** The texts of a list of choices. Throws InputError. */
export function readChoices(list: JsonValue): string[] {
  const choices = list.list().map((choice) => choice.text());
  if (choices.length >= 2 && choices.length <= LETTERS.length) return choices;
  throw list.error(`from 2 to ${LETTERS.length}`, `has ${choices.length} choices`);
}

/** The letter of the choice that an answer means, or null. */
export function chosenLetter(answer: string, choices: readonly string[]): string | null {
  const text = unwrapped(answer);
  const bare = BARE.exec(text);
  if (bare && isLetter(bare[1]!, choices)) return bare[1]!.toUpperCase();
  const spelled = letterOfText(text, choices);
  if (spelled !== null) return spelled;
  const marked = MARKED.exec(text);
  if (marked) {
    const letter = marked[1] ?? marked[2]!;
    const rest = text.slice(marked[0].length);
    if (isLetter(letter, choices)) return namesAnother(rest, choices) ? null : letter.toUpperCase();
  }
  const lead = LEAD.exec(text);
  return lead ? chosenLetter(text.slice(lead[0].length), choices) : null;
}

/** A letter and nothing else. */
const BARE = /^[([]?\s*([a-z])\s*[)\]]?\s*[.:,;!]?$/i;
/** A letter and a mark, in front of more. */
const MARKED =
  /^(?:[([]\s*([a-z])\s*[)\]][.:,]?|([a-z])(?:[)\]][.:,]?|[.:,](?=\s)|(?=\s+\()|\s+[-–—](?=\s)))\s*/i;
/** Words that lead to the letter. */
const LEAD =
  /^(?:(?:so|thus|therefore|hence|my|the|correct|right|best|final)[\s,]+)*(?:answer|option|choice)\b\s*(?:(?:is|would be)\b\s*)?[:=]?\s*/i;
/** What joins a letter to one more, and a letter that it joins. */
const JOINT = /^(?:\s|and\b|or\b|[,/&])*/i;
const JOINED = /^([a-z])\s*(?:and\b|or\b|[,/&])/i;

function isLetter(letter: string, choices: readonly string[]): boolean {
  const place = LETTERS.indexOf(letter.toUpperCase());
  return place >= 0 && place < choices.length;
}

/** Null when no choice, or more than one, has this text. */
function letterOfText(text: string, choices: readonly string[]): string | null {
  const wanted = normaliseAnswer(text);
  if (wanted === "") return null;
  const places = choices.flatMap((choice, place) => (normaliseAnswer(choice) === wanted ? [place] : []));
  return places.length === 1 ? letterOf(places[0]!) : null;
}

function namesAnother(rest: string, choices: readonly string[]): boolean {
  const text = rest.replace(JOINT, "");
  const letter = BARE.exec(text) ?? MARKED.exec(text) ?? JOINED.exec(text);
  return letter !== null && isLetter(letter[1] ?? letter[2]!, choices);
}

/** Without what only sets the answer off. */
function unwrapped(answer: string): string {
  const text = answer
    .trim()
    .replace(/^["'`*_$“”‘’]+|["'`*_$“”‘’]+$/g, "")
    .trim();
  const inside = /^\\(?:boxed|text|mathrm|textbf)\{([\s\S]*)\}[.]?$/.exec(text)?.[1];
  if (inside !== undefined) return unwrapped(inside);
  return text === answer ? text : unwrapped(text);
}
