/** What a person wants to be evaluated → its questions, documents and design, before a model is loaded. */
import { limitsOf } from "../../evaluation/defaults.ts";
import { type EvaluationData, type GivenData, readEvaluationData } from "../../evaluation/evaluation-data.ts";
import type { Design } from "../../evaluation/passes.ts";
import { type TimedDocument, timedDocument } from "../../evaluation/timed-documents.ts";
import { InputError } from "../../terms/errors.ts";
import { describeBadLine, parseCorpusWith } from "../documents/corpus-jsonl.ts";
import { reportTexts as texts } from "../texts/report-texts.ts";
import type { Wanted } from "./report-form.ts";

export interface ReadWanted {
  readonly data: EvaluationData;
  readonly design: Design;
}

/** Throws InputError that names what is wrong by file, line and field. */
export async function readWanted(wanted: Wanted): Promise<ReadWanted> {
  const data = await readEvaluationData(await givenData(wanted));
  const design = designOf(wanted, data);
  // The report would name documents that no question has seen.
  if (wanted.documents && design.limits.documentsPerStep === 0) {
    throw new InputError(texts.notRead(wanted.documents.name, data.form.name));
  }
  return { data, design };
}

async function givenData(wanted: Wanted): Promise<GivenData> {
  const { questions, seen, documents, split, askSeen, seenLimit, limit, again } = wanted;
  const whole = await textOf(questions);
  const isCorpus = documents !== null && !documents.name.toLowerCase().endsWith(".json");
  return {
    files: seen ? { seen: await textOf(seen), unseen: whole } : { whole, ...split },
    corpus: isCorpus ? await corpusOf(documents) : undefined,
    documentsFile: documents && !isCorpus ? await textOf(documents) : undefined,
    parts: askSeen ? ["unseen", "seen"] : ["unseen"],
    seenLimit,
    limit,
    again,
    front: false,
  };
}

function designOf(wanted: Wanted, { form }: EvaluationData): Design {
  return {
    modes: wanted.modes,
    limits: limitsOf(form),
    layout: wanted.layout,
    banks: wanted.growing ? ["static", "dynamic"] : ["static"],
    parts: wanted.askSeen ? ["unseen", "seen"] : ["unseen"],
    bankSizes: wanted.bankSizes,
    ks: wanted.ks,
    seed: wanted.split.seed,
  };
}

async function textOf(file: File) {
  return { name: file.name, text: await file.text() };
}

/** Throws InputError that names the first bad line, or says that there is none at all. */
async function corpusOf(file: File): Promise<readonly TimedDocument[]> {
  const { documents, badLines } = parseCorpusWith<TimedDocument>(await file.text(), timedDocument);
  const [bad] = badLines;
  if (bad) throw new InputError(texts.correct(file.name, describeBadLine(bad)));
  if (documents.length === 0) throw new InputError(texts.noDocument(file.name));
  return documents;
}
