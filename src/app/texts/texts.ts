/**
 * The texts that the page's code shows, in its language. A language is four files of the form of en.ts, en-page.ts,
 * en-report.ts and en-corpus.ts, named here, in page-texts.ts, in report-texts.ts and in corpus-texts.ts in their place.
 * What comes from the worker stays English: errors, what a model cannot do on a device, and notices, of which those of
 * tasks have a code for programs.
 */
import { en } from "./en.ts";

export type Texts = typeof en;

export const texts: Texts = en;
