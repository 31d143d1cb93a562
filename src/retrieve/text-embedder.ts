/** Text → vector, as dense retrieval needs it: texts of like meaning get vectors of like direction. */

/** Many models are trained with another prompt in front of a query than in front of what is searched. */
export type TextRole = "query" | "document";

export interface TextEmbedder {
  /** Of all that decides what vectors it gives: those of another one cannot be compared with its own. */
  readonly fingerprint: string;
  /** Numbers of a vector. */
  readonly dimension: number;
  /** `[texts][dimension]`. A text that is blank or gives no tokens gets zeros. Throws AbortError. */
  embed(texts: readonly string[], role: TextRole, signal?: AbortSignal): Promise<Float32Array>;
}
