/** The meaning of take-from-pages, against rows that other code counted off and turned back. */
import { describe, expect, test } from "vitest";
import { takeFromPagesReference } from "../../src/kernels/take-from-pages.reference.ts";
import { THETA, tableOf } from "../support/kernel-cases.ts";
import { numbersOf } from "../support/kv-rows.ts";
import { eachRowOfPages, PAGE_CASES, seededPages } from "../support/page-cases.ts";
import { ropeByComplexNumbers } from "../support/rope.ts";

describe("take-from-pages reference › reads the rows that lie in the slots, turned back", () => {
  for (const c of PAGE_CASES) {
    test(c.name, () => {
      const { headDim, layers, kvHeads } = c.shape;
      const source = seededPages({ shape: c.shape, dtype: c.engine, capacity: c.capacity }, 99);
      const tokens = c.tokens.reduce((sum, n) => sum + n, 0);
      const { firstRow: from, firstPosition } = c;
      const request = { source, from, to: from + tokens, firstPosition, table: tableOf(c) };
      const slice = takeFromPagesReference(request, c.slices);
      expect(slice).toMatchObject({ shape: c.shape, dtype: c.slices, tokens });
      const tolerance = c.slices === "float16" ? 2e-3 : 2e-6;
      let compared = 0;
      for (let layer = 0; layer < layers; layer++) {
        eachRowOfPages(source, (side, head, slot, start) => {
          const token = slot - from;
          if (token < 0 || token >= tokens) return;
          const stored = numbersOf(source.layers[layer]!.slice(start, start + headDim));
          const position = -(firstPosition + token);
          const meant =
            side === "keys"
              ? ropeByComplexNumbers(stored, position, THETA, c.rotaryDim, c.pairs)
              : Array.from(stored);
          const at = ((layer * kvHeads + head) * tokens + token) * headDim;
          const got = numbersOf(slice[side].slice(at, at + headDim));
          const worst = got.reduce((most, x, i) => Math.max(most, Math.abs(x - meant[i]!)), 0);
          expect(worst).toBeLessThanOrEqual(tolerance);
          compared++;
        });
      }
      expect(compared).toBe(2 * layers * kvHeads * tokens);
    });
  }
});
