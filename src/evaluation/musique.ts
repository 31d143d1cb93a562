/**
 * MuSiQue: a question comes with its decomposition, sub-questions whose `#k` stands for the k-th answer. A
 * sub-question is "entity >> relation" or a sentence of its own.
 */
import { buildDecomposedDocuments } from "./build-documents.ts";
import type { JsonValue } from "./json-value.ts";
import type { Fact, Question } from "./question.ts";
import { extraFields, type QuestionForm } from "./question-form.ts";

export const musique: QuestionForm = {
  name: "MuSiQue",
  field: "question_decomposition",
  kind: "knowledge",
  read,
  documents: {
    renderedFrom: "decompositions",
    render: (questions) => buildDecomposedDocuments(questions),
    fileForm: "id → {title, content}",
    read: (_, value) => ({ title: value.object().at("title").text(), text: value.at("content").text() }),
    keyOf: ({ documentId }) => documentId!,
  },
};

function read(entry: JsonValue): Question {
  const id = entry.has("id") ? entry.at("id").text() : undefined;
  const facts = factsOf(entry.at("question_decomposition"));
  return {
    ...(id !== undefined && { id }),
    question: entry.at("question").text(),
    answer: entry.at("answer").text(),
    aliases: aliasesOf(entry.at("answer_aliases")),
    type: typeOf(id, facts),
    facts,
    ...extraFields(entry),
  };
}

/** "3hop1": the number of hops, and how they hang together, as ids of the dataset begin ("3hop1__…"). */
function typeOf(id: string | undefined, facts: readonly Fact[]): string {
  return /^(\d+hop\d*)__/.exec(id ?? "")?.[1] ?? `${facts.length}hop`;
}

function aliasesOf(aliases: JsonValue): string[] {
  if (!Array.isArray(aliases.value)) throw aliases.error("a list, which may be empty");
  return aliases.value.map((_, index) => aliases.at(index).text());
}

function factsOf(parts: JsonValue): Fact[] {
  const facts: Fact[] = [];
  for (const part of parts.list()) facts.push(factOf(part.object(), facts));
  return facts;
}

function factOf(part: JsonValue, before: readonly Fact[]): Fact {
  const question = part.at("question").text();
  const value = part.at("answer").text();
  const documentId = part.at("document_id").text();
  const title = documentId.replace(/_\d+$/, "");
  const after = [...new Set(Array.from(question.matchAll(/#(\d+)/g), (match) => Number(match[1]) - 1))];
  for (const index of after) {
    if (index >= 0 && index < before.length) continue;
    const known = before.length === 0 ? "no answer that stands before it" : `#1 to #${before.length}`;
    throw part.at("question").error(`${known}, as others are not known yet`, `names #${index + 1}`);
  }
  const filled = question.replace(/#(\d+)/g, (_, k: string) => before[Number(k) - 1]!.value);
  const [entity, relation] = filled.split(" >> ").map((text) => text.trim());
  if (relation) return { title, documentId, subject: entity!, relation, value, after };
  const asked = questionOf(filled);
  return { title, documentId, subject: asked, relation: asked, value, after, asked };
}

/** First letter upper, one question mark. */
function questionOf(text: string): string {
  const bare = text.trim().replace(/[\s?]+$/, "");
  return `${bare.charAt(0).toUpperCase()}${bare.slice(1)}?`;
}
