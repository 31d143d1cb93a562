/** The size that the element's button names, in the page's language, whatever its `lang` says. */
import { expect, it } from "vitest";
import { megabytes } from "../../src/element/model-size.ts";

it.each([
  ["en", "10.2 MB"],
  ["de", "10,2 MB"],
  ["en_US", "10.2 MB"],
  ["no such language", "10.2 MB"],
])("in %s it is %s", (language, said) => {
  expect(megabytes(10_240_000, language).replace(/\s/g, " ")).toBe(said);
});
