/**
 * Brings a model into the store: file after file, each behind what is there of it, each compared with what its source
 * states of it. A model counts as there when all its files were found right, never before.
 */
import { DownloadError, StorageError } from "../terms/errors.ts";
import type { FileStore } from "./file-store.ts";
import type { ModelFile, ModelSource, ValidatorNote } from "./model-source.ts";
import { throwIfStopped } from "./patience.ts";
import { type ModelPlan, type PlannedVariant, variantIn } from "./plan-model.ts";
import {
  beginStored,
  completeModel,
  type KeptPlan,
  keyOf,
  markComplete,
  nameOf,
  readStored,
  readText,
  type StoredModel,
  writeText,
} from "./stored-models.ts";
import { faultOf } from "./verify-file.ts";

export interface DownloadProgress {
  readonly phase: "fetch" | "verify";
  readonly file: string;
  /** Bytes of this file that are there, and of the whole file. */
  readonly fileLoaded: number;
  readonly fileTotal: number;
  /** The same of all files together. */
  readonly loaded: number;
  readonly total: number;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/**
 * Fetches a variant of a plan, or what is missing of it. Throws DownloadError, StorageError, InputError for a variant
 * that cannot run here, AbortError. What has arrived
 * is kept, but for a file that was found wrong.
 */
export async function downloadModel(
  plan: ModelPlan,
  variant: string | undefined,
  source: ModelSource,
  store: FileStore,
  options: DownloadOptions = {},
): Promise<StoredModel> {
  const kept = keptPlan(plan, variantIn(plan, variant));
  const key = await keyOf(kept);
  if ((await readStored(store, key))?.complete) return completeModel(store, key);
  return store.exclusively(key, async () => {
    await beginStored(store, key, kept);
    await checkRoom(store, key);
    const total = kept.files.reduce((sum, { size }) => sum + size, 0);
    let before = 0;
    for (const file of kept.files) {
      const done = before;
      await bringFile(file, {
        ...options,
        kept,
        key,
        source,
        store,
        report: (phase, there) =>
          options.onProgress?.({
            phase,
            file: file.path,
            fileLoaded: there,
            fileTotal: file.size,
            loaded: done + there,
            total,
          }),
      });
      before += file.size;
    }
    await markComplete(store, key);
    return completeModel(store, key);
  });
}

function keptPlan(plan: ModelPlan, variant: PlannedVariant): KeptPlan {
  const { base, id, revision, commit, common, role } = plan;
  return {
    ...(role === "embedder" && { role }),
    base,
    id,
    revision: commit ?? revision,
    variant: variant.name,
    graph: variant.graph,
    files: [...common, ...variant.files],
  };
}

/** Better now than after an hour. */
async function checkRoom(store: FileStore, key: string): Promise<void> {
  const [model, room] = [await readStored(store, key), await store.room()];
  if (!model || room === undefined || model.total - model.loaded <= room) return;
  throw new StorageError(
    `${model.id} needs ${model.total - model.loaded} bytes more, and the browser gives this site ${room}. ` +
      "Free disk space or delete other models, and try again.",
  );
}

interface BringFile extends DownloadOptions {
  readonly kept: KeptPlan;
  readonly key: string;
  readonly source: ModelSource;
  readonly store: FileStore;
  readonly report: (phase: DownloadProgress["phase"], there: number) => void;
}

async function bringFile(file: ModelFile, options: BringFile): Promise<void> {
  const fault = await bringAndVerify(file, options);
  if (fault === undefined) return;
  // What came in several pieces may be of several states of the file: once more, as a whole.
  const again = await bringAndVerify(file, options);
  if (again === undefined) return;
  throw new DownloadError(
    `${file.path} of ${options.kept.id} is not what ${options.kept.base} announces: ${again}. It was deleted. ` +
      "Look the model up again, or use another hub.",
  );
}

/** Undefined when the file is there and right; else what was wrong with it, and it is deleted. */
async function bringAndVerify(file: ModelFile, options: BringFile): Promise<string | undefined> {
  const { kept, key, source, store, signal, report } = options;
  const name = nameOf(file.path);
  const note = noteOf(store, key, file);
  throwIfStopped(signal);
  const writer = await store.write(key, name);
  try {
    report("fetch", writer.size);
    await source.bring(file, kept.revision, writer, note, {
      signal,
      onBytes: (there) => report("fetch", there),
    });
  } finally {
    writer.close();
  }
  report("verify", file.size);
  const fault = await faultOf((await store.read(key, name)) ?? new Blob(), file, signal);
  await note.write(undefined);
  if (fault !== undefined) await store.removeFile(key, name);
  return fault;
}

function noteOf(store: FileStore, key: string, { path }: ModelFile): ValidatorNote {
  const name = `validator ${path}`;
  return {
    read: async () => (await readText(store, key, name)) || undefined,
    write: (validator) =>
      validator === undefined ? store.removeFile(key, name) : writeText(store, key, name, validator),
  };
}
