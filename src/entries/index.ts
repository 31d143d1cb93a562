/** `web-lag`: a model in the browser that remembers. Nothing of the engine is here; it is in the worker. */
export type { ChatCompletions } from "../api/chat-completions.ts";
export type {
  ChatCompletion,
  ChatCompletionChunk,
  ChatMessage,
  ChatRequest,
  LagReport,
  LagRequest,
  RequestOptions,
  Usage,
} from "../api/chat-types.ts";
export { createLag, type Lag, type LagOptions } from "../api/lag.ts";
export type { BankChange, BankStats } from "../bank/bank.ts";
export {
  type AskOptions,
  type Client,
  type ConnectOptions,
  type CorpusOptions,
  connect,
} from "../client/connect.ts";
export { connectHub, type EnsureOptions, type HubClient, type PlanOptions } from "../client/connect-hub.ts";
export type { HubModel, ModelRequest } from "../client/hub-protocol.ts";
export type {
  BackendChoice,
  CorpusProgress,
  LoadModel,
  LoadOptions,
  LoadProgress,
  LoadResult,
  StoredKey,
} from "../client/protocol.ts";
export type { CreateWorker } from "../client/worker-life.ts";
export type { DownloadProgress } from "../hub/download-model.ts";
export type { ModelPlan, PlannedVariant } from "../hub/plan-model.ts";
export type { StoredModel } from "../hub/stored-models.ts";
export type { LagEvent, Notice, Step, Task, TaskResult, UsedLog } from "../runtime/events.ts";
export type { Document } from "../terms/document.ts";
export * from "../terms/errors.ts";
export type { Log, Mode, Outcome, Trace } from "../terms/log.ts";
