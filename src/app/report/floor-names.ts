/** Which logs are not put in front, as people are told: "logs of a similarity of at least 0.25". */
import type { SimilarityFloors } from "../../terms/similarity-floors.ts";
import { reportTexts } from "../texts/report-texts.ts";

export function floorNames({ minSimilarity, minRelativeSimilarity }: SimilarityFloors): string[] {
  const { floor, relativeFloor } = reportTexts.about;
  return [
    ...(minSimilarity ? [floor(minSimilarity)] : []),
    ...(minRelativeSimilarity ? [relativeFloor(minRelativeSimilarity)] : []),
  ];
}
