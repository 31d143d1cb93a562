/** The incremental hash against the platform's own, at every length around its block size. */
import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Sha256 } from "../../src/hub/sha256.ts";

describe("sha256", () => {
  it("is that of the platform, for every length around a block, in pieces of every size", () => {
    for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000, 70_001]) {
      const bytes = randomBytes(length);
      const expected = createHash("sha256").update(bytes).digest("hex");
      for (const piece of [1, 13, 64, 4096, 1 << 20]) {
        const hash = new Sha256();
        for (let from = 0; from < length; from += piece) hash.update(bytes.subarray(from, from + piece));
        expect(hash.digest(), `${length} bytes in pieces of ${piece}`).toBe(expected);
      }
    }
  });
});
