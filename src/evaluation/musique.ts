/**
 * Reads MuSiQue JSON. A question comes with its decomposition: sub-questions whose `#k` stands for the k-th answer.
 * A sub-question is "entity >> relation" or a sentence of its own.
 */
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

/** The field by which a file is known to be MuSiQue. */
export const MUSIQUE_FIELD = "question_decomposition";

/** Questions of a file's text. Throws InputError that names `file`, the entry (1-based) and the field. */
export function parseMusique(text: string, file: string): Question[] {
  return parseEntries(text, file, "MuSiQue", parseEntry);
}

function parseEntry(fields: Fields, place: Place): Question {
  const { again, front } = extraFields(fields, place);
  const id = textOf(fields.id, "id", place);
  return {
    id,
    question: textOf(fields.question, "question", place),
    answer: textOf(fields.answer, "answer", place),
    aliases: aliasesOf(fields.answer_aliases, place),
    // "3hop1__…": the number of hops, and how they hang together.
    type: id.split("__")[0]!,
    facts: factsOf(fields, place),
    again,
    ...(front && { front }),
  };
}

function aliasesOf(value: unknown, place: Place): string[] {
  if (!Array.isArray(value)) {
    throw place.error("answer_aliases", `is ${describe(value)}`, "a list, which may be empty");
  }
  return value.map((alias, i) => textOf(alias, `answer_aliases[${i}]`, place));
}

function factsOf(fields: Fields, place: Place): Fact[] {
  const facts: Fact[] = [];
  for (const [index, part] of listOf(fields[MUSIQUE_FIELD], MUSIQUE_FIELD, place).entries()) {
    const field = `${MUSIQUE_FIELD}[${index}]`;
    if (typeof part !== "object" || part === null || Array.isArray(part)) {
      throw place.error(field, `is ${describe(part)}`, "an object");
    }
    facts.push(factOf(part as Fields, facts, field, place));
  }
  return facts;
}

function factOf(part: Fields, before: readonly Fact[], field: string, place: Place): Fact {
  const question = textOf(part.question, `${field}.question`, place);
  const value = textOf(part.answer, `${field}.answer`, place);
  const title = textOf(part.document_id, `${field}.document_id`, place).replace(/_\d+$/, "");
  const after = [...new Set(Array.from(question.matchAll(/#(\d+)/g), (match) => Number(match[1]) - 1))];
  for (const index of after) {
    if (index >= 0 && index < before.length) continue;
    const known = before.length === 0 ? "no answer that stands before it" : `#1 to #${before.length}`;
    throw place.error(`${field}.question`, `names #${index + 1}`, `${known}, as others are not known yet`);
  }
  const filled = question.replace(/#(\d+)/g, (_, k: string) => before[Number(k) - 1]!.value);
  const [entity, relation] = filled.split(" >> ").map((text) => text.trim());
  if (relation) return { title, subject: entity!, relation, value, after };
  const asked = questionOf(filled);
  return { title, subject: asked, relation: asked, value, after, asked };
}

/** First letter upper, one question mark. */
function questionOf(text: string): string {
  const bare = text.trim().replace(/[\s?]+$/, "");
  return `${bare.charAt(0).toUpperCase()}${bare.slice(1)}?`;
}
