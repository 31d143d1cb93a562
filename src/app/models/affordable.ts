/** A model that the page's address names, and that this device has no room for, is not loaded: the page's own is. */
import { needOf } from "../../client/memory-need.ts";
import { roomHere } from "../../client/told-memory.ts";
import { fits } from "../../terms/memory-room.ts";
import type { PageOptions } from "../options.ts";
import { texts } from "../texts/texts.ts";
import { megabytes } from "../words.ts";

export interface Affordable {
  readonly options: PageOptions;
  /** Why it is not the model that was asked for, with what can be done; undefined where it is. */
  readonly refused: string | undefined;
}

/** `own`: address of the page's own model. What is kept in this browser was agreed to when it was fetched. Never rejects. */
export async function affordable(
  asked: PageOptions,
  own: string,
  roomOf: () => Promise<number | undefined> = roomHere,
): Promise<Affordable> {
  const { modelUrl, model } = asked;
  if (model !== undefined || modelUrl === own) return { options: asked, refused: undefined };
  const [{ name, need }, room] = await Promise.all([needOf(modelUrl), roomOf()]);
  if (need === undefined || room === undefined || fits(need, room))
    return { options: asked, refused: undefined };
  const why = texts.room.tooLarge(name, megabytes(need), megabytes(room));
  return { options: { ...asked, modelUrl: own }, refused: `${why} ${texts.room.ownInstead}` };
}
