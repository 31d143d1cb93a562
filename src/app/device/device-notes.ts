/** What this device and browser mean for the page, one sentence each, with what can be done. Pure. */
import type { Backend } from "../../engine/engine.ts";
import { texts } from "../texts/texts.ts";
import { duration, megabytes } from "../words.ts";

export interface DeviceFacts {
  /** Undefined while nothing runs yet. */
  readonly backend: Backend | undefined;
  /** Milliseconds that a step took here, of the last task; undefined before the first. */
  readonly stepTime: number | undefined;
  /** Bytes that the site uses and may use; undefined where the browser does not tell. */
  readonly usage: number | undefined;
  readonly quota: number | undefined;
  /** Whether the browser has promised not to clear it. */
  readonly persisted: boolean | undefined;
  /** Why nothing outlasts the page, or undefined. */
  readonly refused: string | undefined;
  readonly safari: boolean;
}

/** Less is what private windows give, or a disk that is all but full: some thousand logs of the embedded model. */
const LITTLE = 300e6;

export function deviceNotes(facts: DeviceFacts): string[] {
  return [...paceNotes(facts), ...storageNotes(facts)];
}

function paceNotes({ backend, stepTime }: DeviceFacts): string[] {
  if (backend === undefined) return [];
  const pace = stepTime === undefined ? texts.device.noPace : texts.device.pace(duration(stepTime));
  return [`${backend === "wasm" ? texts.device.wasm : texts.device.webgpu} ${pace}`];
}

function storageNotes({ usage, quota, persisted, refused, safari }: DeviceFacts): string[] {
  if (refused !== undefined) return [texts.device.refused(refused)];
  return [
    ...(usage !== undefined && quota !== undefined
      ? [texts.device.storage(megabytes(usage), megabytes(quota))]
      : []),
    ...(quota !== undefined && quota < LITTLE ? [texts.device.littleStorage] : []),
    ...(persisted
      ? [texts.device.persisted]
      : // Browsers do not tell a page that its window is private.
        [safari ? texts.device.sevenDays : texts.device.mayClear, texts.device.privateWindow]),
  ];
}

/** WebKit under its own name: other browsers say theirs beside it. */
export function isSafari(userAgent: string): boolean {
  return /Version\/[\d.]+.*Safari\//.test(userAgent) && !/Chrom|Android|CriOS|FxiOS|Edg/.test(userAgent);
}
