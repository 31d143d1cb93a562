import { expect, test } from "vitest";
import { aboutOf } from "../../src/app/report/about-report.ts";
import type { SimilarityFloors } from "../../src/terms/similarity-floors.ts";
import { SAMPLE_REPORT } from "../support/sample-report.ts";

const aboutWith = (floors: SimilarityFloors) => {
  const { setting } = SAMPLE_REPORT;
  const limits = { ...setting.limits, ...floors };
  return aboutOf({ ...SAMPLE_REPORT, setting: { ...setting, limits } });
};

test("floors of similarity are named where there are some", () => {
  expect(aboutWith({ minSimilarity: 0.4 })).toContain(" · logs of a similarity of at least 0.4 · ");
  expect(aboutWith({ minRelativeSimilarity: 0.7 })).toContain(
    " · logs of at least 0.7 of the most similar one's similarity · ",
  );
  expect(aboutWith({ minSimilarity: 0, minRelativeSimilarity: 0 })).not.toContain("similarity");
  expect(aboutWith({})).not.toContain("similarity");
});
