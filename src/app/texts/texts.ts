/** The texts of the page's language. A language is one more file of the form of en.ts, and one more line here. */
import { en } from "./en.ts";

export type Texts = typeof en;

export const texts: Texts = en;
