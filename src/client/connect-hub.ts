/**
 * The page's door to models of hubs: what they would take, fetching them, and what is kept in this browser. A worker
 * of its own does the work, so that a model that thinks does not hold up a download, nor a new one end it.
 */
import { type Remote, transfer, wrap } from "comlink";
import type { ModelRole } from "../hub/choose-variant.ts";
import type { DownloadProgress } from "../hub/download-model.ts";
import type { ModelPlan } from "../hub/plan-model.ts";
import type { StoredModel } from "../hub/stored-models.ts";
import type { TestedEmbedder, TestedModel } from "../hub/tested-models.ts";
import type { HubService, ModelRequest, WebLlmModel } from "./hub-protocol.ts";
import type { BackendChoice } from "./protocol.ts";
import { streamed } from "./stream.ts";
import { type CreateWorker, startWorker, type WorkerLife } from "./worker-life.ts";
import { startHubWorker } from "./worker-scripts.ts";

export interface PlanOptions {
  /** Where the model is to run. Default auto. */
  readonly backend?: BackendChoice;
  readonly signal?: AbortSignal;
}

export interface EnsureOptions extends PlanOptions {
  /** Default: what is kept, else what suits the device best. */
  readonly variant?: string;
  /** What it is needed for: another kind of model is refused. Default: whatever it is. */
  readonly role?: ModelRole;
  /** Bytes that it may take of memory: a model that needs more, and is not kept, is refused. Default: whatever it takes. */
  readonly room?: number;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

export interface HubClient {
  /** What a model would take, and which of its variants run here. Fetches a few kilobytes. */
  plan(request: ModelRequest, options?: PlanOptions): Promise<ModelPlan>;
  /**
   * Fetches a model as far as it is not in this browser. Aborting keeps what has arrived, and so does a broken
   * connection or a closed tab: the next call goes on from there. One that is there needs no network.
   */
  ensure(request: ModelRequest, options?: EnsureOptions): Promise<StoredModel>;
  /** Models that the project looked into, with what is known of them. */
  tested(): Promise<readonly TestedModel[]>;
  /** The same of sentence embedders. */
  testedEmbedders(): Promise<readonly TestedEmbedder[]>;
  /** Models that are kept in this browser, whole or in part. */
  list(): Promise<StoredModel[]>;
  /** Deletes a model from this browser, by its key. */
  remove(key: string): Promise<void>;
  /** The models that WebLLM offers, as this device sees them. Fetches its library (7 MB) the first time. */
  webLlmModels(): Promise<readonly WebLlmModel[]>;
  /** Deletes a model from WebLLM's cache, by its id. */
  removeWebLlm(id: string): Promise<void>;
  /** Ends the worker. A later call starts another. */
  close(): void;
}

interface Connection extends WorkerLife {
  readonly service: Remote<HubService>;
}

/** `worker` starts the worker. Default: its script beside this one. */
export function connectHub(worker: CreateWorker = startHubWorker): HubClient {
  let connection: Connection | undefined;

  function living(): Connection {
    if (connection) return connection;
    const life = startWorker(() => {
      if (connection?.worker === life.worker) connection = undefined;
    }, worker);
    connection = { ...life, service: wrap<HubService>(life.worker) };
    return connection;
  }

  function call<T>(use: (service: Remote<HubService>) => Promise<T>): Promise<T> {
    const { service, died } = living();
    return Promise.race([use(service), died]);
  }

  return {
    plan: (request, { backend = "auto", signal } = {}) =>
      call((service) =>
        streamed<never, ModelPlan>(
          (port) => service.plan(request, backend, transfer(port, [port])),
          undefined,
          signal,
        ),
      ),
    ensure: (request, { backend = "auto", variant, role, room, onProgress, signal } = {}) =>
      call((service) =>
        streamed<DownloadProgress, StoredModel>(
          (port) => service.ensure(request, { variant, role, room }, backend, transfer(port, [port])),
          onProgress,
          signal,
        ),
      ),
    tested: () => call((service) => service.tested()),
    testedEmbedders: () => call((service) => service.testedEmbedders()),
    list: () => call((service) => service.list()),
    remove: (key) => call((service) => service.remove(key)),
    webLlmModels: () => call((service) => service.webLlmModels()),
    removeWebLlm: (id) => call((service) => service.removeWebLlm(id)),
    close() {
      connection?.end("The worker that fetches models was closed.");
      connection = undefined;
    },
  };
}
