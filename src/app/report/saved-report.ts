/** A report from a file: what this page saved, or what `npm run eval -- --json` printed. */
import type { EvaluationReport } from "../../evaluation/evaluation-report.ts";
import { InputError, messageOf } from "../../terms/errors.ts";
import { MODES } from "../../terms/log.ts";
import { reportTexts as texts } from "../texts/report-texts.ts";
import { aboutOf } from "./about-report.ts";
import { chartsOf } from "./charts.ts";
import { pageTables } from "./page-tables.ts";
import { publishedOf } from "./published.ts";

/** Throws InputError that names the file and what it lacks. */
export function readReport(text: string, file: string): EvaluationReport {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const value = parsed(text) ?? (lines.length > 1 && lines.every(parsed) ? lines : undefined);
  if (value === undefined) throw refused(file, texts.saved.notWhole);
  if (Array.isArray(value)) throw refused(file, texts.saved.several(value.length));
  const lacking = firstLacking(value as Fields);
  if (lacking !== undefined) throw refused(file, texts.saved.lacks(lacking));
  const report = value as unknown as EvaluationReport;
  const why = unshowable(report);
  if (why !== undefined) throw refused(file, texts.saved.unshowable(why));
  return report;
}

/** What fails when the report is shown: so much is shown of it that no list of fields would stay whole. */
function unshowable(report: EvaluationReport): string | undefined {
  try {
    const published = publishedOf(report.setting.form);
    aboutOf(report);
    pageTables(report, published);
    chartsOf(report, published);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** What a report of another kind lacks first. */
function firstLacking(report: Fields): string | undefined {
  const { setting, documents, modes } = report as Readonly<Record<string, Fields | undefined>>;
  if (typeof setting?.form !== "string" || typeof setting.model !== "object") return texts.saved.setting;
  if (typeof documents?.source !== "string") return texts.saved.documents;
  if (typeof modes !== "object") return texts.saved.figures;
  for (const [mode, figures] of Object.entries(modes)) {
    if (!(MODES as readonly string[]).includes(mode)) return texts.saved.mode(mode);
    const { em, steps, iterations, costs } = figures as Fields;
    const whole =
      [em, steps].every(Number.isFinite) && Array.isArray(iterations) && typeof costs === "object";
    if (!whole) return texts.saved.wholeFigures(mode);
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function refused(file: string, why: string): InputError {
  return new InputError(texts.saved.refused(file, why));
}
