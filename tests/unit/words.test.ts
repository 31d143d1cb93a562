import { describe, expect, it } from "vitest";
import { count } from "../../src/app/texts/en-count.ts";
import { ago, duration, megabytes, percent, roughly } from "../../src/app/words.ts";

describe("numbers as people read them", () => {
  it.each([
    [count(1, "log"), "1 log"],
    [count(0, "log"), "0 logs"],
    [count(1234, "row"), "1,234 rows"],
    [megabytes(10_442_000), "10.4 MB"],
    [megabytes(0), "0.0 KB"],
    [duration(343.7), "344 ms"],
    [duration(2440), "2.4 s"],
    [roughly(39_600), "40 s"],
    [roughly(200_000), "3 min"],
    [roughly(4_200_000), "1 h 10 min"],
    [percent(0.826), "83%"],
    [ago(0, 59_000), "just now"],
    [ago(0, 61_000), "1 min ago"],
    [ago(0, 3 * 3_600_000), "3 h ago"],
    [ago(0, 26 * 3_600_000), "1 day ago"],
  ])("%s", (got, expected) => expect(got).toBe(expected));
});
