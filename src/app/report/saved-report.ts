/** A report from a file: what this page saved, or what `npm run eval -- --json` printed. */
import type { EvaluationReport } from "../../evaluation/evaluation-report.ts";
import { InputError } from "../../terms/errors.ts";
import { MODES } from "../../terms/log.ts";

/** Throws InputError that names the file and what it lacks. */
export function readReport(text: string, file: string): EvaluationReport {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const value = parsed(text) ?? (lines.length > 1 && lines.every(parsed) ? lines : undefined);
  if (value === undefined) throw refused(file, "is not whole JSON");
  if (Array.isArray(value)) throw refused(file, `holds ${value.length} reports. Keep one of its lines`);
  const lacking = firstLacking(value as Fields);
  if (lacking !== undefined) throw refused(file, `has no ${lacking}`);
  return value as unknown as EvaluationReport;
}

type Fields = Readonly<Record<string, unknown>>;

/** What the tables and curves need and a report of another kind may lack. */
function firstLacking(report: Fields): string | undefined {
  const { setting, documents, modes } = report as Readonly<Record<string, Fields | undefined>>;
  if (typeof setting?.form !== "string" || typeof setting.model !== "object")
    return "setting of an evaluation";
  if (typeof documents?.source !== "string") return "documents";
  if (typeof modes !== "object") return "figures of modes";
  for (const [mode, figures] of Object.entries(modes)) {
    if (!(MODES as readonly string[]).includes(mode)) return `mode that is named "${mode}"`;
    const { em, steps, iterations, costs } = figures as Fields;
    const whole =
      [em, steps].every(Number.isFinite) && Array.isArray(iterations) && typeof costs === "object";
    if (!whole) return `whole figures of mode ${mode}`;
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
  return new InputError(
    `${file} ${why}. Expected one report, as this page saves it or "npm run eval -- --json" prints it.`,
  );
}
