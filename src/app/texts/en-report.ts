/** The texts that the report's code shows, in English. */
import { count } from "./en-count.ts";

const EM = "Exact match";
const STEPS = "Mean steps";

export const report = {
  reading: "Reading the files…",
  stopped: "Stopped. What was finished is kept: Run goes on with the same files and choices.",
  inAnotherTab: "An evaluation runs in another tab. Stop it there, or wait for its end.",
  correct: (file: string, line: string) => `${file}: ${line}. Correct the file.`,
  noDocument: (file: string) => `${file} holds no document. Expected one {"title", "text"} a line.`,
  notRead: (file: string, form: string) =>
    `${file} would not be read: ${form} questions are asked without documents. Leave the file out.`,
  progress: {
    pass: (label: string, done: number, total: number) => `${label}: ${done} of ${total}`,
    tasks: (done: number, total: number) => `${done} of ${count(total, "task")}`,
    kept: (tasks: number) => `${tasks} from an earlier run`,
    left: (time: string) => `${time} left`,
  },
  kept: (entries: number) => `Finished work is kept in this browser: ${count(entries, "entry", "entries")}.`,
  form: {
    noQuestions: "No file of questions is chosen. Choose one.",
    noMode: "No mode is chosen. Choose at least one.",
    unfit: (mode: string, recording: string) =>
      `Mode ${mode} does not read ${recording} rows. Leave it out, or choose other rows.`,
    oneOf: (label: string, known: string) => `${label}: choose one of ${known}.`,
    share: (given: string) => `Share of unseen questions is "${given}". Give a number between 0 and 1.`,
    whole: (label: string, given: string, least: number) =>
      `${label}: "${given}" is no whole number of at least ${least}. Correct it.`,
    labels: {
      seed: "Seed",
      limit: "Questions asked, at most",
      seenLimit: "Questions that fill the bank, at most",
      placement: "Placement",
      recording: "Recording",
      bankSizes: "Bank sizes",
      ks: "Values of k",
    },
  },
  saved: {
    refused: (file: string, why: string) =>
      `${file} ${why}. Expected one report, as this page saves it or "npm run eval -- --json" prints it.`,
    notWhole: "is not whole JSON",
    several: (reports: number) => `holds ${reports} reports. Keep one of its lines`,
    lacks: (what: string) => `has no ${what}`,
    unshowable: (why: string) => `cannot be shown as a report (${why})`,
    setting: "setting of an evaluation",
    documents: "documents",
    figures: "figures of modes",
    mode: (name: string) => `mode that is named "${name}"`,
    wholeFigures: (mode: string) => `whole figures of mode ${mode}`,
  },
  about: {
    model: (model: string, backend: string) => `${model} on ${backend}`,
    questions: (seen: number, unseen: number) => `${count(seen, "seen question")}, ${unseen} unseen`,
    alsoSeen: (questions: number) => `${questions} of the unseen are among the seen too`,
    documents: (documents: number, source: string) => `${count(documents, "document")}, ${source}`,
    limits: (steps: number, logs: number, documents: number) =>
      `at most ${count(steps, "step")}, with ${count(logs, "log")} and ${count(documents, "document")} more a step`,
    floor: (least: number) => `logs of a similarity of at least ${least}`,
    relativeFloor: (least: number) => `logs of at least ${least} of the most similar one's similarity`,
    split: (unseen: string, seed: number) => `${unseen} of one file unseen, seed ${seed}`,
    ownFiles: "files of their own",
    placed: (placement: string) => `logs placed ${placement}`,
    recorded: (recording: string) => `logs recorded ${recording}`,
    again: "asked in other words",
    front: "logs as the questions name them",
    published: (form: string, source: string) => `Published: ${form}, ${source}.`,
  },
  tables: {
    unseen: "Unseen questions",
    seen: "Seen questions, asked again",
    growing: (seed: number) => `Growing bank, order of seed ${seed}`,
    againstNone: (part: string) => `${part}: against none`,
    types: (part: string) => `${part}: by type`,
    gains: (part: string) => `${part}: where that comes from`,
    againstOracle: (part: string) => `${part}: against the perfect reader`,
    costs: (part: string) => `${part}: what it costs (reuse saves larger models a larger share of the time)`,
    published: ["published EM %", "published F1 %", "published steps"],
  },
  charts: {
    em: `${EM}, %`,
    steps: STEPS,
    step: "Step",
    stepWithPublished: "Step; published figures at their mean steps",
    iterations: (part: string) => `${part}: exact match if every task were stopped after a step`,
    published: (mode: string) => `${mode}, published`,
    logs: "Logs",
    k: "k",
    emOverLogs: `${EM} over the number of logs in the bank`,
    stepsOverLogs: `${STEPS} over the number of logs in the bank`,
    emOverK: `${EM} over k, the logs that a step brings`,
    stepsOverK: `${STEPS} over k, the logs that a step brings`,
    questions: "Questions so far",
    emSoFar: (seed: number) => `${EM} so far ${overOrder(seed)}`,
    stepsSoFar: (seed: number) => `${STEPS} so far ${overOrder(seed)}`,
    png: (title: string) => `Save as PNG: ${title}`,
    noPicture: "The picture could not be made.",
  },
};

function overOrder(seed: number): string {
  return `over the order of questions, seed ${seed}: every finished task joins the bank`;
}
