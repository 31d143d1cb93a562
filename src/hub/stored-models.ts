/**
 * The models that are kept in this browser, whole or in part. A model is a folder of the store: a plan, written before
 * anything else, its files, and a mark that is written when all of them were found right.
 */
import { hashOf } from "../engine/fingerprint.ts";
import { STORED } from "../engine/folder-files.ts";
import { StorageError } from "../terms/errors.ts";
import type { FileStore } from "./file-store.ts";
import type { HubAddress } from "./hub-address.ts";
import type { ModelFile } from "./model-source.ts";

/** What is to be there of a model. Its revision is the commit, where the source says which that is. */
export interface KeptPlan extends HubAddress {
  /** Absent: a model that answers. */
  readonly role?: "embedder";
  /** Name of the variant. */
  readonly variant: string;
  /** Path of its graph. */
  readonly graph: string;
  readonly files: readonly ModelFile[];
}

export interface StoredModel extends KeptPlan {
  /** Its name in the store. */
  readonly key: string;
  /** Bytes that are there, and those of the whole. */
  readonly loaded: number;
  readonly total: number;
  /** Whether all of it is there and was found right. */
  readonly complete: boolean;
}

const PLAN = "plan.json";
const COMPLETE = "complete.json";
/** Before the names of a model's own files, which may be any. */
const FILE = "file ";

/** The same model of the same source in the same variant has the same key, in all tabs. */
export async function keyOf({ base, id, revision, variant }: KeptPlan): Promise<string> {
  return (await hashOf([], JSON.stringify([base, id, revision, variant]))).slice(0, 32);
}

/** Name in the store of a model's file. */
export function nameOf(path: string): string {
  return FILE + path;
}

export async function listStored(store: FileStore): Promise<StoredModel[]> {
  const found: StoredModel[] = [];
  for (const key of await store.folders()) {
    const model = await readStored(store, key);
    if (model) found.push(model);
  }
  return found.sort((a, b) => a.id.localeCompare(b.id) || a.variant.localeCompare(b.variant));
}

/** Undefined when there is no readable plan: nothing of that folder can be used. */
export async function readStored(store: FileStore, key: string): Promise<StoredModel | undefined> {
  const plan = await readJson<KeptPlan>(store, key, PLAN);
  if (plan === undefined) return undefined;
  let loaded = 0;
  for (const { path } of plan.files) loaded += (await store.read(key, nameOf(path)))?.size ?? 0;
  const total = plan.files.reduce((sum, { size }) => sum + size, 0);
  // Files that the browser lost make the mark a lie.
  const complete = loaded === total && (await readJson(store, key, COMPLETE)) !== undefined;
  return { ...plan, key, loaded, total, complete };
}

/** Begins or goes on with a model. What another plan left in the same place is deleted. */
export async function beginStored(store: FileStore, key: string, plan: KeptPlan): Promise<void> {
  const there = await readJson<KeptPlan>(store, key, PLAN);
  if (JSON.stringify(there) === JSON.stringify(plan)) return;
  await store.removeFolder(key);
  await writeText(store, key, PLAN, JSON.stringify(plan));
}

export async function markComplete(store: FileStore, key: string): Promise<void> {
  await writeText(store, key, COMPLETE, "true");
}

/** Throws StorageError while it is being fetched. */
export function removeStored(store: FileStore, key: string): Promise<void> {
  return store.exclusively(key, () => store.removeFolder(key));
}

/** A model that is whole. Throws StorageError when it is not there, or not all of it. */
export async function completeModel(store: FileStore, key: string): Promise<StoredModel> {
  const model = await readStored(store, key);
  if (model?.complete) return model;
  throw new StorageError(
    model
      ? `Of ${model.id} only ${model.loaded} of ${model.total} bytes are in this browser. Go on with its download.`
      : `The model ${key} is not in this browser any more. Choose another, or download it again.`,
  );
}

/** The address of a stored model's folder, for an engine that fetches with `storedFetch`. */
export function storedUrl({ id }: StoredModel): string {
  return `${STORED}${id}/`;
}

/** Answers requests for a stored model's files as a server would. */
export function storedFetch(store: FileStore, model: StoredModel): (url: string) => Promise<Response> {
  return async (url) => {
    const bytes = await store.read(model.key, nameOf(url.slice(storedUrl(model).length)));
    if (bytes === undefined) return new Response(null, { status: 404 });
    return new Response(bytes, { headers: { "content-length": String(bytes.size) } });
  };
}

export async function readText(store: FileStore, key: string, name: string): Promise<string | undefined> {
  return (await store.read(key, name))?.text();
}

export async function writeText(store: FileStore, key: string, name: string, text: string): Promise<void> {
  const writer = await store.write(key, name);
  try {
    writer.truncate(0);
    writer.append(new TextEncoder().encode(text));
  } finally {
    writer.close();
  }
}

/** Undefined for a file that is not there, or was not written to its end. */
async function readJson<T>(store: FileStore, key: string, name: string): Promise<T | undefined> {
  try {
    return JSON.parse((await readText(store, key, name)) ?? "");
  } catch {
    return undefined;
  }
}
