import { expect, test } from "vitest";
import { aboutOf } from "../../src/app/report/about-report.ts";
import { SAMPLE_REPORT } from "../support/sample-report.ts";

const aboutWith = (minSimilarity?: number) => {
  const { setting } = SAMPLE_REPORT;
  const limits = { ...setting.limits, ...(minSimilarity !== undefined && { minSimilarity }) };
  return aboutOf({ ...SAMPLE_REPORT, setting: { ...setting, limits } });
};

test("a floor of similarity is named where there is one", () => {
  expect(aboutWith(0.4)).toContain(" · logs of a similarity of at least 0.4 · ");
  expect(aboutWith(0)).not.toContain("similarity");
  expect(aboutWith()).not.toContain("similarity");
});
