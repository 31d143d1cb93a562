import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shippedPackages } from "../../scripts/lib/shipped-packages.ts";

describe("third-party notices", () => {
  it("name every shipped package at its version (npm run notices)", () => {
    const text = readFileSync("THIRD-PARTY-NOTICES.md", "utf8");
    const packages = shippedPackages();
    expect(packages.length).toBeGreaterThan(5);
    expect(packages.filter(({ name, version }) => !text.includes(`## ${name} ${version}\n`))).toEqual([]);
  });
});
