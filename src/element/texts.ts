/** All that the element says, by language. A language is added with `LagChat.addLanguage`. */

export interface Texts {
  readonly load: string;
  /** `size`: as in "7.4 MB". */
  readonly loadOfSize: (size: string) => string;
  readonly loading: string;
  readonly failed: (message: string) => string;
  readonly retry: string;
  /** Of a model that was refused, since the device seems to have no room for it. */
  readonly anyway: string;
  readonly conversation: string;
  readonly placeholder: string;
  readonly ask: string;
  readonly stop: string;
  readonly stopped: string;
  readonly working: string;
  readonly unknown: string;
  readonly unanswered: string;
  /** The way to the answer, opened on demand. */
  readonly steps: (count: number) => string;
  /** `unit`: what stood in front, as rows that were kept or as text. */
  readonly usedLogs: (logs: number, amount: number, unit: "row" | "token") => string;
  readonly similar: (percent: number) => string;
  /** `host`: the site whose memory it is; logs of other sites are not here, and these are not there. */
  readonly memory: (logs: number, host: string) => string;
  readonly noMemory: (host: string) => string;
  readonly forget: string;
  readonly forgetSure: string;
}

const plural = (count: number, one: string) =>
  `${count.toLocaleString("en")} ${one}${count === 1 ? "" : "s"}`;

const ENGLISH: Texts = {
  load: "Load the model",
  loadOfSize: (size) => `Load the model (${size})`,
  loading: "Loading the model",
  failed: (message) => `The model could not be loaded. ${message}`,
  retry: "Try again",
  anyway: "Load it all the same",
  conversation: "Conversation",
  placeholder: "Ask a question",
  ask: "Ask",
  stop: "Stop",
  stopped: "Stopped. Nothing was kept of it.",
  working: "Working…",
  unknown: "The documents do not say.",
  unanswered: "No answer within the steps allowed.",
  steps: (count) => `How: ${plural(count, "step")}`,
  usedLogs: (logs, amount, unit) => `Used ${plural(logs, "earlier solution")} · ${plural(amount, unit)}`,
  similar: (percent) => `${percent}% similar`,
  memory: (logs, host) => `${plural(logs, "solution")} kept on this device, for ${host} only.`,
  noMemory: (host) => `Nothing kept yet. What is kept stays on this device, for ${host} only.`,
  forget: "Forget all",
  forgetSure: "Forget all? Press again",
};

const languages = new Map<string, Texts>([["en", ENGLISH]]);

/** `language`: a tag like "de" or "pt-BR". What is left out stays English. */
export function addLanguage(language: string, texts: Partial<Texts>): void {
  languages.set(language.toLowerCase(), { ...ENGLISH, ...texts });
}

/** The texts of a language tag, or of its first part, or English. */
export function textsOf(language: string): Texts {
  const tag = language.toLowerCase();
  return languages.get(tag) ?? languages.get(tag.split("-")[0]!) ?? ENGLISH;
}
