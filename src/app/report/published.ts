/** The paper's figures of a dataset, to stand beside those of a report. */
import published from "../../evaluation/published.json";
import type { Mode } from "../../terms/log.ts";

export interface PublishedFigures {
  /** Percent. */
  readonly em: number;
  /** Percent. Null where the paper gives none. */
  readonly f1: number | null;
  /** Mean steps ("iterations"). */
  readonly steps: number;
}

export type PublishedModes = Partial<Readonly<Record<Mode, PublishedFigures>>>;

/** Model, bank and split of the figures, in one sentence. */
export const PUBLISHED_SOURCE: string = published.source;

/** `form`: as readers of question files name it. Empty for a form that the paper did not measure. */
export function publishedOf(form: string): PublishedModes {
  return (published.datasets as Readonly<Record<string, PublishedModes>>)[form] ?? {};
}
