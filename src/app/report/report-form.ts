/** What a person wants to be evaluated, as the form of the report says it: read and checked. Pure. */
import { InputError } from "../../terms/errors.ts";
import { type Layout, PLACEMENTS, RECORDINGS } from "../../terms/layout.ts";
import { allows, MODES, type Mode } from "../../terms/log.ts";
import { reportTexts as texts } from "../texts/report-texts.ts";

export interface Wanted {
  readonly questions: File;
  /** Questions that fill the bank. Null: `questions` is split. */
  readonly seen: File | null;
  /** Null: documents are made from the questions. */
  readonly documents: File | null;
  readonly split: { readonly unseenShare: number; readonly seed: number };
  readonly limit: number;
  readonly seenLimit: number;
  readonly modes: readonly Mode[];
  readonly layout: Layout;
  /** In the other words that the file has. */
  readonly again: boolean;
  /** Whether the seen questions are asked again too. */
  readonly askSeen: boolean;
  readonly oracle: boolean;
  /** Numbers of logs in the bank, for a curve. */
  readonly bankSizes: readonly number[];
  /** Logs a step, for a curve. */
  readonly ks: readonly number[];
  /** Whether the questions are asked over a growing bank too. */
  readonly growing: boolean;
}

/** Throws InputError that names the field as the page does. */
export function readForm(form: FormData): Wanted {
  const questions = fileOf(form, "questions");
  if (!questions) throw new InputError(texts.form.noQuestions);
  const modes = MODES.filter((mode) => form.getAll("modes").includes(mode));
  if (modes.length === 0) throw new InputError(texts.form.noMode);
  const recording = choiceOf(form, "recording", texts.form.labels.recording, RECORDINGS);
  const unfit = modes.find((mode) => !allows(mode, recording));
  if (unfit) {
    throw new InputError(texts.form.unfit(unfit, recording));
  }
  return {
    questions,
    seen: fileOf(form, "seen"),
    documents: fileOf(form, "documents"),
    split: { unseenShare: shareOf(form), seed: wholeOf(form, "seed", texts.form.labels.seed, 0) },
    limit: wholeOf(form, "limit", texts.form.labels.limit, 1),
    seenLimit: wholeOf(form, "seen-limit", texts.form.labels.seenLimit, 1),
    modes,
    layout: {
      placement: choiceOf(form, "placement", texts.form.labels.placement, PLACEMENTS),
      recording,
    },
    again: form.has("again"),
    askSeen: form.has("ask-seen"),
    oracle: form.has("oracle"),
    bankSizes: listOf(form, "bank-sizes", texts.form.labels.bankSizes, 0),
    ks: listOf(form, "ks", texts.form.labels.ks, 1),
    growing: form.has("growing"),
  };
}

/** A file field without a file gives an empty one. */
function fileOf(form: FormData, name: string): File | null {
  const given = form.get(name);
  return given instanceof File && (given.size > 0 || given.name !== "") ? given : null;
}

function choiceOf<T extends string>(form: FormData, name: string, label: string, known: readonly T[]): T {
  const given = form.get(name);
  const choice = known.find((each) => each === given);
  if (choice === undefined) throw new InputError(texts.form.oneOf(label, known.join(", ")));
  return choice;
}

function textOf(form: FormData, name: string): string {
  return String(form.get(name) ?? "").trim();
}

function shareOf(form: FormData): number {
  const given = textOf(form, "unseen-share");
  const share = Number(given);
  if (share > 0 && share < 1) return share;
  throw new InputError(texts.form.share(given));
}

function wholeOf(form: FormData, name: string, label: string, least: number): number {
  return whole(textOf(form, name), label, least);
}

function listOf(form: FormData, name: string, label: string, least: number): number[] {
  const given = textOf(form, name);
  return given === "" ? [] : given.split(",").map((each) => whole(each.trim(), label, least));
}

function whole(given: string, label: string, least: number): number {
  if (/^\d{1,9}$/.test(given) && Number(given) >= least) return Number(given);
  throw new InputError(texts.form.whole(label, given, least));
}
