/**
 * Every error that web-lag raises on purpose. Each has a literal `name`, because a class does not survive
 * the way out of a worker (only `name`, `message` and `stack` do): guards compare names, never prototypes.
 * A message says what was got, what was expected, and the cure.
 */
export class LagError extends Error {
  override readonly name: string = "LagError";
}

/** A slice, buffer or tensor has another shape than the operation needs. */
export class KvShapeError extends LagError {
  override readonly name = "KvShapeError" as const;
}

/** A slice written for one model was offered to another. */
export class ModelMismatchError extends LagError {
  override readonly name = "ModelMismatchError" as const;
}

/** A slice that was encoded behind some tokens was to be put behind others. */
export class LayoutMismatchError extends LagError {
  override readonly name = "LayoutMismatchError" as const;
}

/** The model folder is incomplete, corrupt, or of a kind that this runtime cannot run. */
export class ModelUnsupportedError extends LagError {
  override readonly name = "ModelUnsupportedError" as const;
}

/** A file of the model folder could not be fetched or parsed. */
export class ModelFileError extends LagError {
  override readonly name = "ModelFileError" as const;
}

/** WebGPU was asked for and cannot be had, or gives wrong numbers. */
export class GpuUnavailableError extends LagError {
  override readonly name = "GpuUnavailableError" as const;
}

/** The device was lost while work was under way. */
export class GpuLostError extends LagError {
  override readonly name = "GpuLostError" as const;
}

/** Prefix, prompt and room for the answer do not fit into the model's context, and nothing more may be left out. */
export class ContextFullError extends LagError {
  override readonly name = "ContextFullError" as const;
}

/** A model needs more memory than a page may take on this device, as far as the browser tells. */
export class TooLargeError extends LagError {
  override readonly name = "TooLargeError" as const;
}

/** The browser refused to store more. */
export class BankFullError extends LagError {
  override readonly name = "BankFullError" as const;
}

/** The bank could not be opened or read: blocked by another tab's old version, private mode, damaged. */
export class BankBlockedError extends LagError {
  override readonly name = "BankBlockedError" as const;
}

/** A hub refused a model, broke off, or gave something else than it had announced. */
export class DownloadError extends LagError {
  override readonly name = "DownloadError" as const;
}

/** The browser's storage for models cannot be used, is full, or has not what was asked for. */
export class StorageError extends LagError {
  override readonly name = "StorageError" as const;
}

/** A corpus, dataset or option given by the user is malformed. */
export class InputError extends LagError {
  override readonly name = "InputError" as const;
}

/** The worker that runs the model ended while it was needed. */
export class WorkerDiedError extends LagError {
  override readonly name = "WorkerDiedError" as const;
}

/** The task was stopped by its caller. Same name as the platform's own abort errors. */
export class AbortError extends LagError {
  override readonly name = "AbortError" as const;
}

/** Whether `error` carries this name, wherever it was thrown. */
export function isNamed(error: unknown, name: string): boolean {
  return typeof error === "object" && error !== null && (error as { name?: unknown }).name === name;
}

/** Throws AbortError when the signal was aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted)
    throw new AbortError("The task was stopped before it ended. Nothing was stored for it.");
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
