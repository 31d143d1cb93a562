/** Asks the browser what it tells of memory. */
import { roomOf } from "../terms/memory-room.ts";

/** Bytes that a page may take here, or undefined where the browser does not tell. Asked each time: it costs nothing. */
export async function roomHere(): Promise<number | undefined> {
  const { deviceMemory } = navigator as { readonly deviceMemory?: number };
  return roomOf({
    deviceMemory,
    // A GPU is asked only where nothing better is told.
    maxBufferSize: deviceMemory === undefined ? await largestBuffer() : undefined,
  });
}

async function largestBuffer(): Promise<number | undefined> {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  return adapter?.limits.maxBufferSize;
}
