/** A model that the page's address names, and that this device has no room for, is not loaded: the page's own is. */
import { weightBytesOf } from "../../client/weight-bytes.ts";
import { isWebLlmAddress, readWebLlmAddress } from "../../terms/web-llm-address.ts";
import { fits, needOfWebLlm, needOfWeights } from "../device/memory-room.ts";
import { roomHere } from "../device/told-memory.ts";
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

/** Bytes, or undefined where nobody says. */
async function needOf(modelUrl: string): Promise<{ name: string; need: number | undefined }> {
  if (isWebLlmAddress(modelUrl)) {
    const { id } = readWebLlmAddress(modelUrl);
    return { name: id, need: needOfWebLlm(id) };
  }
  const bytes = await weightBytesOf(modelUrl);
  const name = modelUrl.split("/").at(-2)!;
  return { name, need: bytes === null ? undefined : needOfWeights(bytes) };
}
