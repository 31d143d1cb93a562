/** 2WikiMultiHop: supporting facts name documents, evidences say what they state. */
import { buildDocuments } from "./build-documents.ts";
import type { JsonValue } from "./json-value.ts";
import type { Fact, Question } from "./question.ts";
import { extraFields, type QuestionForm } from "./question-form.ts";

/** `chain` is ours: one to four facts in order, each about what the one before gives. */
const TYPES = ["comparison", "bridge_comparison", "compositional", "inference", "chain"] as const;
type TwoWikiType = (typeof TYPES)[number];

const LONGEST_CHAIN = 4;

export const twoWiki: QuestionForm = {
  name: "2WikiMultiHop",
  field: "evidences",
  kind: "knowledge",
  read,
  documents: {
    renderedFrom: "evidences",
    render: (questions) => buildDocuments(questions),
    fileForm: "title → content",
    read: (title, value) => ({ title, text: value.text() }),
    keyOf: ({ title }) => title,
  },
};

function read(entry: JsonValue): Question {
  const type = typeOf(entry.at("type"));
  const facts = factsOf(entry);
  if (type === "chain" && facts.length > LONGEST_CHAIN) {
    throw entry.at("evidences").error(`at most ${LONGEST_CHAIN} in a chain`, `has ${facts.length} facts`);
  }
  return {
    ...(entry.has("_id") && { id: entry.at("_id").text() }),
    question: entry.at("question").text(),
    answer: entry.at("answer").text(),
    type,
    facts: type === "chain" ? facts.map(behindTheLast) : facts,
    ...extraFields(entry),
  };
}

function behindTheLast(fact: Fact, index: number): Fact {
  return { ...fact, after: index === 0 ? [] : [index - 1] };
}

/**
 * `supporting_facts[i]` names the document of `evidences[i]`. Where the counts differ nothing pairs them, and a
 * triple's subject is taken as the title.
 */
function factsOf(entry: JsonValue): Fact[] {
  const titles = entry
    .at("supporting_facts")
    .list()
    .map((fact) => {
      if (!Array.isArray(fact.value) || fact.value.length < 1) throw fact.error("[title, sentence number]");
      return fact.at(0).text();
    });
  const evidences = entry.at("evidences").list();
  const paired = titles.length === evidences.length;
  return evidences.map((evidence, index) => {
    if (!Array.isArray(evidence.value) || evidence.value.length !== 3) {
      throw evidence.error("[subject, relation, value]");
    }
    const [subject, relation, value] = evidence.list().map((part) => part.text());
    return {
      title: paired ? titles[index]! : subject!,
      subject: subject!,
      relation: relation!,
      value: value!,
    };
  });
}

function typeOf(type: JsonValue): TwoWikiType {
  const found = TYPES.find((known) => known === type.value);
  if (found === undefined) throw type.error(`one of ${TYPES.join(", ")}`);
  return found;
}
