/** What the page and the worker that fetches models say to each other: types only, no code. */
import type { PrebuiltModel } from "../engine/webllm/prebuilt-models.ts";
import type { ModelRole } from "../hub/choose-variant.ts";
import type { ChosenFile } from "../hub/folder-source.ts";
import type { GivenModel } from "../hub/hub-address.ts";
import type { ModelPlan } from "../hub/plan-model.ts";
import type { StoredModel } from "../hub/stored-models.ts";
import type { TestedEmbedder, TestedModel } from "../hub/tested-models.ts";
import type { BackendChoice } from "./protocol.ts";

/** A model of a hub, or in a folder that a person chose. */
export type ModelRequest = HubModel | { readonly folder: readonly ChosenFile[] };

export interface HubModel extends GivenModel {
  /** For models that not everybody may read. Goes to the hub and nowhere else, and is not kept. */
  readonly token?: string | undefined;
}

/** Which variant, and what for. Default: what is kept, else what suits the device best; whatever the model is for. */
export interface Wanted {
  readonly variant?: string | undefined;
  readonly role?: ModelRole | undefined;
  /** Bytes that it may take of memory. Default: whatever it takes. */
  readonly room?: number | undefined;
}

/** WebLLM's own list, as this device sees it. */
export type WebLlmModel = PrebuiltModel;

export interface HubService {
  /** What the model would take, from its list of files and its configuration. */
  plan(request: ModelRequest, backend: BackendChoice, port: MessagePort): Promise<ModelPlan>;
  /**
   * The model as it is kept in this browser, fetched first as far as it is not. "stop" ends that; what has arrived is
   * kept. Progress over `port`.
   */
  ensure(
    request: ModelRequest,
    wanted: Wanted,
    backend: BackendChoice,
    port: MessagePort,
  ): Promise<StoredModel>;
  /** Models that the project looked into. */
  tested(): Promise<readonly TestedModel[]>;
  testedEmbedders(): Promise<readonly TestedEmbedder[]>;
  /** All that is kept, whole or in part. */
  list(): Promise<StoredModel[]>;
  remove(key: string): Promise<void>;
  /** Fetches WebLLM's library, and nothing of a model. */
  webLlmModels(): Promise<readonly WebLlmModel[]>;
  /** Deletes a model from WebLLM's cache. */
  removeWebLlm(id: string): Promise<void>;
}
