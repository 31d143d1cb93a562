/**
 * Where the answers of each pass are kept. A name is a fingerprint of all that its entries depend on, so that the same
 * evaluation goes on where it stopped, and another one never takes what is not its own.
 */
import { MODES, type Mode } from "../terms/log.ts";
import type { RetrievalInUse } from "../terms/retrieval.ts";
import { floorsOf, withoutFloors } from "../terms/similarity-floors.ts";
import type { Answered } from "./answered.ts";
import type { BankFigures } from "./banks.ts";
import type { EvaluationData } from "./evaluation-data.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type { Pass } from "./passes.ts";
import type { Entries, SolverIdentity, Store } from "./solver.ts";

export interface KeptPass {
  readonly name: string;
  /** By the place of a question in its pass. */
  readonly answers: Entries<Answered>;
}

export interface KeptPasses {
  /** The same object for passes that ask the same. */
  of(pass: Pass): Promise<KeptPass>;
  figuresOf(pass: Pass): Promise<BankFigures | null>;
  /** What `pass.mode` reads takes up in the bank of the pass. */
  putFigures(pass: Pass, figures: BankFigures): Promise<void>;
}

export function keepPasses(
  store: Store,
  data: EvaluationData,
  fill: Pass | null,
  identity: SolverIdentity,
): KeptPasses {
  // Mode none brings no logs: how they would be found changes nothing of what it finds either. What the model says of
  // that stands in the limits, too.
  const { retrieval, ...others } = identity;
  const who = { ...others, model: withoutFloors(identity.model) };
  const opened = new Map<string, Promise<Entries<unknown>>>();
  const open = async <T>(kind: string, configuration: object) => {
    const name = `${kind}-${await fingerprintOf(configuration)}`;
    const entries = opened.get(name) ?? store.open<unknown>(name, configuration);
    opened.set(name, entries);
    return { name, entries: (await entries) as Entries<T> };
  };
  const bankOf = ({ bank, layout }: Pass): object | null => {
    if (bank.kind === "none") return null;
    if (bank.kind === "dynamic") return { dynamic: { seed: bank.seed }, ...layout };
    // A bank is made of what these answers left.
    return { fill: configurationOf(fill!), questions: data.seen.length, drawn: bank.drawn, ...layout };
  };
  const configurationOf = (pass: Pass): object => {
    const { mode, fingerprint, corpus, limits } = pass;
    // Mode none brings no logs: how many it might bring, which, and where, changes nothing of what it finds.
    const { logsPerStep, ...limitsOfNone } = withoutFloors(limits);
    return {
      mode,
      file: fingerprint,
      corpus: data.fingerprints.corpora[corpus],
      ...limitsOfNone,
      ...who,
      documents: foundBy("documents", retrieval),
      logs:
        pass.bank.kind === "none"
          ? null
          : {
              ...bankOf(pass),
              logsPerStep,
              ...floorsOf(limits),
              found: foundBy("logs", retrieval),
            },
    };
  };
  const bankEntries = async (pass: Pass) => {
    const { entries } = await open<BankFigures>(
      "bank",
      pass.bank.kind === "dynamic" ? configurationOf(pass) : { ...bankOf(pass), ...who },
    );
    return entries;
  };
  return {
    async of(pass) {
      const { name, entries } = await open<Answered>(pass.mode, configurationOf(pass));
      return { name, answers: entries };
    },
    figuresOf: async (pass) =>
      pass.bank.kind === "none" ? null : ((await bankEntries(pass)).get(placeOf(pass.mode)) ?? null),
    putFigures: async (pass, figures) => (await bankEntries(pass)).put(placeOf(pass.mode), figures),
  };
}

/** All that decides which of them are found. */
function foundBy(
  what: "logs" | "documents",
  { weights, embedder, vectors, ...kinds }: RetrievalInUse,
): object {
  const kind = kinds[what];
  const dense = { embedder, ...(vectors && { vectors }) };
  return { kind, ...(kind !== "lexical" && dense), ...(kind === "fused" && { weights }) };
}

function placeOf(mode: Mode): number {
  return MODES.indexOf(mode);
}
