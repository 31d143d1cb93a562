/** The page offers every mode once. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MODES } from "../../src/terms/log.ts";

test("the page's switch has every mode, and the default one is chosen", () => {
  const html = readFileSync("index.html", "utf8");
  const radios = [...html.matchAll(/<input type="radio" name="mode" value="([^"]+)"([^>]*)>/g)];
  expect(radios.map(([, value]) => value).toSorted()).toEqual([...MODES].toSorted());
  expect(radios.filter(([, , rest]) => rest!.includes("checked")).map(([, value]) => value)).toEqual(["kv"]);
});
