/** The only importer of @mlc-ai/web-llm, and a lazy one: 7 MB that only those fetch who run one of its models. */
import type * as WebLlm from "@mlc-ai/web-llm";

export type {
  AppConfig,
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionRequest,
  ModelRecord,
} from "@mlc-ai/web-llm";

/** What is used of the library. Other versions of it fit too. */
export type WebLlmLibrary = Pick<
  typeof WebLlm,
  "MLCEngine" | "prebuiltAppConfig" | "hasModelInCache" | "deleteModelAllInfoInCache" | "ModelType"
>;
export type MlcEngine = WebLlm.MLCEngine;

export interface ImportedLibrary {
  readonly library: WebLlmLibrary;
  readonly version: string;
}

/** Versions whose inner names and calls the bridge was written against. Elsewhere logs are used as text. */
export const KNOWN_VERSIONS: readonly string[] = ["0.2.79", "0.2.86"];

export async function importWebLlm(): Promise<ImportedLibrary> {
  const [library, { version }] = await Promise.all([
    import("@mlc-ai/web-llm"),
    import("@mlc-ai/web-llm/package.json"),
  ]);
  return { library, version };
}
