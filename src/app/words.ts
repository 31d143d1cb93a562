/** Numbers, times and kinds as people read them. */
import type { Retrieval } from "../terms/retrieval.ts";
import { texts } from "./texts/texts.ts";

/** Bytes in MB with one decimal, as downloads are named: 1 MB = 1,000,000 bytes. Small amounts in KB. */
export function megabytes(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Milliseconds: "340 ms", "2.4 s". */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** A long time, as one waits for it: "40 s", "3 min", "1 h 10 min". */
export function roughly(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A rate with two digits, however small. */
export function rate(perSecond: number): string {
  return perSecond >= 10 ? Math.round(perSecond).toString() : perSecond.toPrecision(2);
}

/** Similarity in [0, 1] as a percentage. */
export function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

/** How long ago, in the coarsest unit that fits. Both in milliseconds since 1970. */
export function ago(then: number, now: number): string {
  const minutes = Math.floor((now - then) / 60_000);
  if (minutes < 1) return texts.ago.now;
  if (minutes < 60) return texts.ago.minutes(minutes);
  if (minutes < 24 * 60) return texts.ago.hours(Math.floor(minutes / 60));
  return texts.ago.days(Math.floor(minutes / (24 * 60)));
}

export function backendName(backend: "webgpu" | "wasm"): string {
  return backend === "webgpu" ? "WebGPU" : "wasm";
}

/** What is not found by words alone, as people are used to: "logs by meaning". */
export function retrievalName(retrieval: Retrieval): string[] {
  return (["logs", "documents"] as const)
    .filter((what) => retrieval[what] !== "lexical")
    .map((what) => texts.foundBy[what](texts.foundBy[retrieval[what]]));
}
