/** The panel about this device: where the model runs and how fast, and how long what is stored will stay. */
import type { Backend } from "../../engine/engine.ts";
import type { TaskResult } from "../../runtime/events.ts";
import { coalesced } from "../coalesced.ts";
import { element, find } from "../dom.ts";
import { deviceNotes, isSafari } from "./device-notes.ts";

export interface DeviceView {
  setBackend(backend: Backend): void;
  /** A task has ended: it tells how long a step takes here. */
  measured(result: TaskResult): void;
  /** Shows anew what the browser says about storage. */
  refresh(): void;
}

/** `refused`: why the browser gives no storage, or undefined. */
export function mountDeviceView(refused: Promise<string | undefined>): DeviceView {
  const list = find(".device-notes");
  let backend: Backend | undefined;
  let stepTime: number | undefined;

  const show = coalesced(async () => {
    const { storage } = navigator;
    const [estimate, persisted, why] = await Promise.all([
      storage?.estimate?.().catch(() => undefined),
      storage?.persisted?.().catch(() => undefined),
      refused,
    ]);
    const { usage, quota } = estimate ?? {};
    const safari = isSafari(navigator.userAgent);
    const notes = deviceNotes({ backend, stepTime, usage, quota, persisted, refused: why, safari });
    list.replaceChildren(...notes.map((note) => element("li", "", note)));
  });

  void show();
  return {
    setBackend(known) {
      backend = known;
      void show();
    },
    measured({ timings, steps }) {
      stepTime = timings.total / Math.max(1, steps.length);
      void show();
    },
    refresh: () => void show(),
  };
}
