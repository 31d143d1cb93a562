/**
 * The lists of models that the project looked into: those that answer, from `tested-models.json`, and sentence
 * embedders, from `tested-embedders.json`. Sizes there are for people who choose;
 * what is fetched is counted from what the hub states at that time.
 */
import type { DeviceClass } from "./choose-variant.ts";
import embedders from "./tested-embedders.json";
import list from "./tested-models.json";
import type { VariantName } from "./variants.ts";

export interface TestedModel {
  readonly id: string;
  readonly name: string;
  readonly revision: string;
  /** The commit that the facts below are of. */
  readonly commitSeen: string;
  readonly licence: string;
  readonly geometry: {
    readonly layers: number;
    readonly heads: number;
    readonly kvHeads: number;
    readonly headDim: number;
    readonly hidden: number;
    readonly vocabulary: number;
    readonly positions: number;
    readonly rotaryBase: number;
    readonly rotaryScaling: string | null;
    readonly tiedEmbeddings: boolean;
  };
  /** Of the weights, by variant, as far as known. */
  readonly bytes: Readonly<Partial<Record<VariantName, number>>>;
  /** What each class of device gets. */
  readonly variants: Readonly<Record<DeviceClass, VariantName>>;
  /** Where each fact was read; what was not tried says so. */
  readonly verified: Readonly<Record<"bytes" | "commitSeen" | "licence" | "geometry" | "weights", string>>;
  readonly note?: string;
}

export const TESTED_MODELS = list as unknown as readonly TestedModel[];

export interface TestedEmbedder {
  readonly id: string;
  readonly name: string;
  readonly revision: string;
  readonly licence: string;
  /** Millions: its whole numbers take four bytes each. */
  readonly parameters: number;
  /** Numbers of a vector. */
  readonly dimension: number;
  readonly pooling: "mean" | "cls";
  /** What its own configuration puts in front of a question. */
  readonly queryPrefix: string;
  /** Tokens of a text that it reads. */
  readonly tokens: number;
  readonly languages: string;
  readonly verified: Readonly<Record<"facts" | "weights", string>>;
  readonly note?: string;
}

export const TESTED_EMBEDDERS = embedders as unknown as readonly TestedEmbedder[];
