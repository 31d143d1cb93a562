/** The model of who names none: the embedded one, in the folder of the library. */
import workerUrl from "../../workers/runtime.worker.ts?worker&url";

export const DEFAULT_MODEL = new URL("models/embedded/", new URL(workerUrl, location.href)).href;
