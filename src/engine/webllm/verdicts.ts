/**
 * What a self-test found, kept: on a slow adapter it takes minutes. A verdict belongs to one adapter, one library, one
 * version of WebLLM and one version of the test itself.
 */
import type { RowsMethodName } from "./rows-method.ts";

export interface Verdict {
  /** The way that works, or null. */
  readonly method: RowsMethodName | null;
  /** Whether the engine's attention needs a barrier on this adapter. */
  readonly race: boolean;
  /** Why ways were passed over, one sentence each. */
  readonly reasons: readonly string[];
  /** A way ended with an error, not with wrong numbers: another time it may work. */
  readonly broke?: true;
  /** By how much numbers differed, as shares of what leaving earlier rows away changes. Absent: it did not come to that. */
  readonly shares?: {
    /** The engine's attention over a text in two parts against the whole, without the barrier: there was a race. */
    readonly raced?: number;
    /** The same, as the engine runs now. */
    readonly parts: number;
    /** Logits behind rows of the way that is used. */
    readonly rows?: number;
  };
}

export interface VerdictStore {
  get(key: string): Promise<Verdict | undefined>;
  put(key: string, verdict: Verdict): Promise<void>;
}

/** Raised whenever the self-test asks for more than it did. */
const TEST = 1;

export interface VerdictKey {
  readonly adapter: Pick<GPUAdapterInfo, "vendor" | "architecture" | "device" | "description">;
  readonly library: string;
  readonly version: string;
  /** Hash of the model: other weights of the same library may compute otherwise. */
  readonly fingerprint: string;
}

export function verdictKey({ adapter, library, version, fingerprint }: VerdictKey): string {
  const { vendor, architecture, device, description } = adapter;
  return [TEST, vendor, architecture, device, description, library, version, fingerprint].join("|");
}

const CACHE = "web-lag/web-llm-verdicts";
/** Of requests that are never sent: the cache wants addresses. */
const BASE = "https://verdicts.invalid/";

/** In the browser's Cache API, beside what WebLLM keeps there. Where it cannot be used, nothing is kept. */
export const cachedVerdicts: VerdictStore = {
  async get(key) {
    try {
      const found = await (await caches.open(CACHE)).match(BASE + encodeURIComponent(key));
      return found && ((await found.json()) as Verdict);
    } catch {
      return undefined;
    }
  },
  async put(key, verdict) {
    try {
      await (await caches.open(CACHE)).put(BASE + encodeURIComponent(key), Response.json(verdict));
    } catch {
      // The next load tests again.
    }
  },
};
