/** Text on the page can be read in light and in dark, and so can lines of charts: contrast of at least 4.5 to 1 (WCAG 2.2, AA). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const TOKENS = readFileSync("src/app/styles/tokens.css", "utf8");

/** Text colour on background colour, as the styles pair them. */
const PAIRS = [
  ["ink", "paper"],
  ["ink", "surface"],
  ["ink", "memory-soft"],
  ["paper", "ink"],
  ["ink-soft", "paper"],
  ["ink-soft", "surface"],
  ["ink-soft", "sunken"],
  ["memory", "paper"],
  ["memory", "memory-soft"],
  ["wrong", "paper"],
  ["wrong", "wrong-soft"],
] as const;

function colour(name: string, scheme: "light" | "dark"): number[] {
  const found = new RegExp(`--${name}: light-dark\\(#([0-9a-f]{6}), #([0-9a-f]{6})\\)`).exec(TOKENS);
  if (!found) throw new Error(`tokens.css has no colour --${name} for both schemes.`);
  const hex = found[scheme === "light" ? 1 : 2]!;
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
}

function luminance(rgb: readonly number[]): number {
  const [red, green, blue] = rgb.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: readonly number[], b: readonly number[]): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

/** Lines of charts: their names in the legend have no colour, but thin dashes need as much contrast as text. */
const LINES = [...TOKENS.matchAll(/--(series-[a-z-]+):/g)].map(([, name]) => [name!, "paper"] as const);

describe("contrast", () => {
  it.each(
    [...PAIRS, ...LINES].flatMap(([text, on]) => [[text, on, "light"] as const, [text, on, "dark"] as const]),
  )("%s on %s, %s", (text, on, scheme) => {
    expect(contrast(colour(text, scheme), colour(on, scheme))).toBeGreaterThanOrEqual(4.5);
  });

  it("is measured right: black on white is 21 to 1", () => {
    expect(contrast([0, 0, 0], [1, 1, 1])).toBeCloseTo(21, 5);
  });
});
