/** The worker that fetches models from hubs and keeps them in this browser's storage: `HubService` over comlink. */
import { expose } from "comlink";
import type { HubService, ModelRequest } from "../src/client/hub-protocol.ts";
import type { BackendChoice } from "../src/client/protocol.ts";
import { adapterFeatures, adapterOffers } from "../src/gpu/device.ts";
import type { DeviceClass } from "../src/hub/choose-variant.ts";
import { ensureModel } from "../src/hub/ensure-model.ts";
import { FolderSource } from "../src/hub/folder-source.ts";
import { readHubAddress } from "../src/hub/hub-address.ts";
import { HubSource } from "../src/hub/hub-source.ts";
import type { ModelSource } from "../src/hub/model-source.ts";
import { openOpfsStore } from "../src/hub/opfs-store.ts";
import { PATIENCE } from "../src/hub/patience.ts";
import { planModel } from "../src/hub/plan-model.ts";
import { listStored, removeStored } from "../src/hub/stored-models.ts";
import { TESTED_EMBEDDERS, TESTED_MODELS } from "../src/hub/tested-models.ts";
import { streamOver } from "./port-stream.ts";
import { sayAlive } from "./say-alive.ts";

/** Opened with the first call that needs it: where there is none, models can still be looked up. */
let opened: ReturnType<typeof openOpfsStore> | undefined;

function theStore(): ReturnType<typeof openOpfsStore> {
  if (opened) return opened;
  opened = openOpfsStore();
  // Whoever asks again may have allowed it meanwhile.
  opened.catch(() => {
    opened = undefined;
  });
  return opened;
}

/** Throws InputError. */
function sourceOf(request: ModelRequest): ModelSource {
  if ("folder" in request) return new FolderSource(request.folder);
  const { token } = request;
  return new HubSource(readHubAddress(request), {
    // What a person downloads is kept where they can see and delete it, not in the browser's cache a second time.
    fetch: (url, init) =>
      fetch(url, { ...init, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" }),
    token,
    patience: PATIENCE,
  });
}

/** Its library is fetched for it, which is as large as a small model. */
function webLlm() {
  return import("../src/engine/webllm/prebuilt-models.ts");
}

async function deviceClass(backend: BackendChoice): Promise<DeviceClass> {
  const features = backend === "wasm" ? undefined : await adapterFeatures();
  if (!features) return "wasm";
  return features.has("shader-f16") ? "webgpu-f16" : "webgpu";
}

const service: HubService = {
  plan: (request, backend, port) =>
    streamOver(port, async (_send, signal) =>
      planModel(sourceOf(request), await deviceClass(backend), signal),
    ),

  ensure: (request, wanted, backend, port) =>
    streamOver(port, async (onProgress, signal) =>
      ensureModel(sourceOf(request), await theStore(), {
        device: await deviceClass(backend),
        ...wanted,
        onProgress,
        signal,
      }),
    ),

  tested: async () => TESTED_MODELS,
  testedEmbedders: async () => TESTED_EMBEDDERS,
  list: async () => listStored(await theStore()),
  remove: async (key) => removeStored(await theStore(), key),
  webLlmModels: async () => (await webLlm()).listPrebuilt(await adapterOffers()),
  removeWebLlm: async (id) => (await webLlm()).removePrebuilt(id),
};

expose(service);
sayAlive();
