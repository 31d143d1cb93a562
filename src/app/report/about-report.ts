/** A report → what was evaluated and how, on one line. Pure. */
import type { EvaluationReport, Setting } from "../../evaluation/evaluation-report.ts";
import { reportTexts as texts } from "../texts/report-texts.ts";
import { backendName, percent, retrievalName } from "../words.ts";
import { floorNames } from "./floor-names.ts";

export function aboutOf({ setting, documents }: EvaluationReport): string {
  const { model, backend, questions, limits, layout } = setting;
  return [
    texts.about.model(model.name, backendName(backend)),
    texts.about.questions(questions.seen, questions.unseen),
    ...(setting.alsoSeen === undefined ? [] : [texts.about.alsoSeen(setting.alsoSeen)]),
    splitOf(setting),
    texts.about.documents(documents.unseen, documents.source),
    texts.about.limits(limits.maxSteps, limits.logsPerStep, limits.documentsPerStep),
    ...floorNames(limits),
    ...retrievalName(setting.retrieval),
    ...(layout.placement === "front" ? [] : [texts.about.placed(layout.placement)]),
    ...(layout.recording === "re-encode" ? [] : [texts.about.recorded(layout.recording)]),
    ...(setting.again ? [texts.about.again] : []),
    ...(setting.front ? [texts.about.front] : []),
  ].join(" · ");
}

function splitOf({ split }: Setting): string {
  return split ? texts.about.split(percent(split.unseenShare), split.seed) : texts.about.ownFiles;
}
