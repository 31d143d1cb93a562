/**
 * The texts that the page's code shows, in its language. A language is two files of the form of en.ts and en-page.ts,
 * named here and in page-texts.ts in their place.
 */
import { en } from "./en.ts";

export type Texts = typeof en;

export const texts: Texts = en;
