/** The page offers every mode, placement and recording once. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PLACEMENTS, RECORDINGS } from "../../src/terms/layout.ts";
import { MODES } from "../../src/terms/log.ts";

test.each([
  ["mode", MODES, "kv"],
  ["placement", PLACEMENTS, "front"],
  ["recording", RECORDINGS, "re-encode"],
] as const)("the page's switch has every %s, and the default one is chosen", (name, known, standard) => {
  const html = readFileSync("index.html", "utf8");
  const radios = [
    ...html.matchAll(new RegExp(`<input type="radio" name="${name}" value="([^"]+)"([^>]*)>`, "g")),
  ];
  expect(radios.map(([, value]) => value).toSorted()).toEqual([...known].toSorted());
  expect(radios.filter(([, , rest]) => rest!.includes("checked")).map(([, value]) => value)).toEqual([
    standard,
  ]);
});
