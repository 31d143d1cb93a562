/** Reads 2WikiMultiHop JSON: every entry is checked, and what is wrong is named by file, entry and field. */
import type { Fact, Question } from "./question.ts";
import {
  describe,
  extraFields,
  type Fields,
  listOf,
  type Place,
  parseEntries,
  textOf,
} from "./question-file.ts";

/** `chain` is ours: one to four facts in order, each about what the one before gives. */
export const TWO_WIKI_TYPES = [
  "comparison",
  "bridge_comparison",
  "compositional",
  "inference",
  "chain",
] as const;
export type TwoWikiType = (typeof TWO_WIKI_TYPES)[number];

const LONGEST_CHAIN = 4;

/** Questions of a file's text. Throws InputError that names `file`, the entry (1-based) and the field. */
export function parseTwoWiki(text: string, file: string): Question[] {
  return parseEntries(text, file, "2WikiMultiHop", parseEntry);
}

function parseEntry(fields: Fields, place: Place): Question {
  const { again, front } = extraFields(fields, place);
  const type = typeOf(fields.type, place);
  const facts = factsOf(fields, place);
  if (type === "chain" && facts.length > LONGEST_CHAIN) {
    throw place.error("evidences", `has ${facts.length} facts`, `at most ${LONGEST_CHAIN} in a chain`);
  }
  return {
    ...(fields._id !== undefined && { id: textOf(fields._id, "_id", place) }),
    question: textOf(fields.question, "question", place),
    answer: textOf(fields.answer, "answer", place),
    type,
    facts: type === "chain" ? facts.map(behindTheLast) : facts,
    again,
    ...(front && { front }),
  };
}

function behindTheLast(fact: Fact, index: number): Fact {
  return { ...fact, after: index === 0 ? [] : [index - 1] };
}

/**
 * `supporting_facts[i]` names the document of `evidences[i]`. Where the counts differ nothing pairs them, and a
 * triple's subject is taken as the title.
 */
function factsOf(fields: Fields, place: Place): Fact[] {
  const titles = listOf(fields.supporting_facts, "supporting_facts", place).map((fact, index) => {
    const field = `supporting_facts[${index}]`;
    if (!Array.isArray(fact) || fact.length < 1) {
      throw place.error(field, `is ${describe(fact)}`, "[title, sentence number]");
    }
    return textOf(fact[0], `${field}[0]`, place);
  });
  const evidences = listOf(fields.evidences, "evidences", place);
  const paired = titles.length === evidences.length;
  return evidences.map((evidence, index) => {
    const field = `evidences[${index}]`;
    if (!Array.isArray(evidence) || evidence.length !== 3) {
      throw place.error(field, `is ${describe(evidence)}`, "[subject, relation, value]");
    }
    const [subject, relation, value] = evidence.map((part, i) => textOf(part, `${field}[${i}]`, place));
    return {
      title: paired ? titles[index]! : subject!,
      subject: subject!,
      relation: relation!,
      value: value!,
    };
  });
}

function typeOf(value: unknown, place: Place): TwoWikiType {
  const found = TWO_WIKI_TYPES.find((type) => type === value);
  if (found === undefined)
    throw place.error("type", `is ${describe(value)}`, `one of ${TWO_WIKI_TYPES.join(", ")}`);
  return found;
}
