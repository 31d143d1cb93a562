/** Files of an evaluation → questions and documents. */
import {
  type EvaluationData,
  type GivenFile,
  readEvaluationData,
} from "../../src/evaluation/evaluation-data.ts";
import { InputError } from "../../src/terms/errors.ts";
import { readText } from "./corpus-file.ts";
import { readEvalCorpus } from "./eval-corpus.ts";
import type { DatasetFiles, EvalOptions } from "./eval-options.ts";

/** Throws InputError that names what is wrong by file, line and field. */
export async function loadEvalData(
  options: EvalOptions,
  { seen, unseen, split }: DatasetFiles = options.datasets[0]!,
): Promise<EvaluationData> {
  const { corpus, documentsFile } = options;
  const data = await readEvaluationData({
    ...options,
    files: split
      ? { whole: fileOf(unseen), ...split }
      : { seen: seen === undefined ? undefined : fileOf(seen), unseen: fileOf(unseen) },
    corpus: corpus === undefined ? undefined : readEvalCorpus(corpus),
    documentsFile: documentsFile === undefined ? undefined : fileOf(documentsFile),
  });
  if (options.oracle && data.form.documents === null) {
    throw new InputError(
      `The perfect reader reads documents, and ${data.form.name} questions name none. Leave --oracle out.`,
    );
  }
  return data;
}

function fileOf(name: string): GivenFile {
  return { name, text: readText(name) };
}
