/** Model folders of the project, for tests in Node. */
export { diskFetch } from "../../scripts/lib/disk-fetch.ts";

/** URL of a folder of the project, with a slash at its end. */
export function projectUrl(folder: string): string {
  return new URL(`../../${folder}/`, import.meta.url).href;
}
