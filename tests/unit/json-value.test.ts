/** Values of a JSON file: what is wrong is named by file, line, entry and field. */
import { describe, expect, test } from "vitest";
import { JsonValue } from "../../src/evaluation/json-value.ts";

const TEXT = `[
  { "name": "a", "list": [1, 2] },
  {
    "name": "b",
    "list": [
      { "deep": "x" },
      { "deep": 7 }
    ],
    "Of a title, with marks": " "
  }
]`;
const parse = (text: string) => JsonValue.parse(text, "f.json", "a list");
const second = parse(TEXT).at(1);

describe("a file that is not JSON is refused with the line where it breaks", () => {
  test.each([
    ["cut off within a list", TEXT.slice(0, TEXT.indexOf('{ "deep": 7')), 7],
    ["cut off within a string", TEXT.slice(0, TEXT.indexOf("title, with")), 9],
    ["cut off at the very end", TEXT.slice(0, -1), 11],
    ["a comma that is missing", TEXT.replace('"b",', '"b"'), 5],
    ["a comma too many", TEXT.replace("[1, 2]", "[1, 2,]"), 2],
    ["a comment", TEXT.replace('"b",', '"b", // so'), 4],
    ["two values", `${TEXT}\n{}`, 12],
    ["old line ends", TEXT.replaceAll("\n", "\r").replace('"b",', '"b"'), 5],
    ["Windows line ends", TEXT.replaceAll("\n", "\r\n").replace('"b",', '"b"'), 5],
    ["nothing", "", 1],
    ["a web page", "<html>\n</html>", 1],
  ])("%s", (_, text, line) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        name: "InputError",
        message: expect.stringMatching(
          new RegExp(
            `^f\\.json, line ${line}: this is not whole JSON .*Expected a list; the file may be truncated`,
            "s",
          ),
        ),
      }),
    );
  });

  test("what JSON.parse takes is taken, with a byte order mark too", () => {
    expect(parse(`\uFEFF${TEXT}`).at(0).at("name").text()).toBe("a");
    expect(parse("\uFEFF[\n7]").at(0).error("x").message).toContain("f.json, line 2, entry 1 is 7");
  });
});

describe("a value that is wrong is named by entry and field, with its line", () => {
  test.each<[string, () => unknown, string]>([
    [
      "no text",
      () => second.at("list").at(1).at("deep").text(),
      "line 7, entry 2, field list[1].deep is 7. Expected a string that",
    ],
    [
      "blank text",
      () => second.at("Of a title, with marks").text(),
      'line 9, entry 2, field "Of a title, with marks" is " "',
    ],
    [
      "no list",
      () => second.at("name").list(),
      'line 4, entry 2, field name is "b". Expected a list that is not empty',
    ],
    [
      "no object",
      () => second.at("list").at(0).at("deep").object(),
      'line 6, entry 2, field list[0].deep is "x". Expected an object',
    ],
    [
      "missing: the line that it is missing from",
      () => second.at("list").at(0).at("other").text(),
      "line 6, entry 2, field list[0].other is missing",
    ],
    ["missing from the entry", () => second.at("answer").text(), "line 3, entry 2, field answer is missing"],
    [
      "of a value that is no object",
      () => parse(TEXT).at(0).at("name").at("x").text(),
      "line 2, entry 1, field name.x is missing",
    ],
    ["an entry", () => parse("[1,\n2]").at(1).object(), "line 2, entry 2 is 2. Expected an object"],
    ["the whole", () => parse("\n7").list(), "line 2 is 7. Expected a list"],
    [
      "a name of every object is no field",
      () => second.at("constructor").text(),
      "field constructor is missing",
    ],
    [
      "long values are cut",
      () =>
        parse(`["${"x".repeat(99)}"]`)
          .at(0)
          .list(),
      `entry 1 is "${"x".repeat(59)}…`,
    ],
  ])("%s", (_, read, message) => {
    expect(read).toThrow(expect.objectContaining({ name: "InputError" }));
    expect(read).toThrow(message);
    expect(read).toThrow(/^f\.json, line \d/);
  });

  test("what is right is given", () => {
    expect(
      second
        .at("list")
        .list()
        .map((each) => each.at("deep").value),
    ).toEqual(["x", 7]);
    expect(second.names()).toEqual(["name", "list", "Of a title, with marks"]);
    expect([second.has("name"), second.has("toString")]).toEqual([true, false]);
  });
});
