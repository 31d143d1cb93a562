/** A model that this device has no room for is refused before anything of it is fetched: the tab would not live through it. */
import { requireRoom } from "../terms/memory-room.ts";
import { needOf } from "./memory-need.ts";
import type { LoadOptions } from "./protocol.ts";
import { roomHere } from "./told-memory.ts";

/**
 * Of a model folder or a WebLLM model; one of a hub is refused by who fetches it, and what is kept was agreed to.
 * Throws TooLargeError, InputError.
 */
export async function refuseTooLarge(
  { modelUrl, model }: LoadOptions,
  roomOf: () => Promise<number | undefined> = roomHere,
): Promise<void> {
  if (model !== undefined || modelUrl === undefined) return;
  const [{ name, need }, room] = await Promise.all([needOf(modelUrl), roomOf()]);
  requireRoom(name, need, room);
}
