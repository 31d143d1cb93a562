/** `npm run results`: its list, its command line, and the page that it writes. */
import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { readEvalOptions } from "../../scripts/lib/eval-options.ts";
import {
  argsOf,
  commandOf,
  type ResultsConfig,
  readResultsOptions,
} from "../../scripts/lib/results-config.ts";
import { type Result, resultsPage } from "../../scripts/lib/results-page.ts";
import list from "../../scripts/results.json" with { type: "json" };
import { runEvaluation } from "../../src/evaluation/run-evaluation.ts";
import { dataOf, designOf, MemoryStore, questionOf, ScriptedSolver } from "../support/evaluation.ts";

const CONFIG: ResultsConfig = {
  data: { given: { variable: "GIVEN", what: "a file of questions" } },
  evaluations: [
    {
      name: "ours",
      title: "Ours",
      about: "Made here.",
      args: ["--seen s.json --unseen u.json", "--limit 300"],
    },
    { name: "theirs", title: "Theirs", about: "Made there.", args: ["--file {given} --seed 2"] },
  ],
  elsewhere: [{ title: "Big", why: "Too big.", command: "npm run eval -- --model BIG" }],
};
const [ours, theirs] = CONFIG.evaluations;
const read = (line: string, environment = {}) =>
  readResultsOptions(line.split(" ").filter(Boolean), CONFIG, environment);

describe("the command line", () => {
  test("all evaluations, their own limits, the files that the environment names", () => {
    const options = read("", { GIVEN: "/somewhere/g.json", OTHER: "x" });
    expect(options).toEqual({
      only: undefined,
      data: new Map([["given", "/somewhere/g.json"]]),
      limits: [],
      pages: ["--work", ".eval"],
      pageOnly: false,
      out: "docs",
    });
    expect(argsOf(theirs!, options)).toEqual({ args: ["--file", "/somewhere/g.json", "--seed", "2"] });
  });

  test("other limits stand in the place of those of the list", () => {
    const options = read("--limit 4 --seen-limit 3 --workers 2 --work w --only ours");
    expect(options).toMatchObject({ only: ["ours"], pages: ["--workers", "2", "--work", "w"] });
    const found = argsOf(ours!, options);
    expect(found).toEqual({
      args: "--seen s.json --unseen u.json --limit 4 --seen-limit 3".split(" "),
    });
  });

  test("an option for a file counts before its variable, and one that is not there is named", () => {
    expect(read("--data given=here=there.json", { GIVEN: "g" }).data.get("given")).toBe("here=there.json");
    expect(argsOf(theirs!, read(""))).toEqual({ missing: "given" });
  });

  test("a path of the list goes on from where the data is", () => {
    const entry = { ...theirs!, args: ["--seen {given}/s.json --unseen {given}/u.json"] };
    expect(argsOf(entry, read("--data given=/sets"))).toEqual({
      args: "--seen /sets/s.json --unseen /sets/u.json".split(" "),
    });
    expect(argsOf(entry, read(""))).toEqual({ missing: "given" });
    expect(commandOf(entry, [], CONFIG)).toContain('--seen "$GIVEN"/s.json --unseen "$GIVEN"/u.json');
  });

  test.each([
    ["--only none", "--only none is not in the list. It has ours, theirs"],
    ["--data other=f", "--data other=f names no data. Give given=PATH"],
    ["--data given=", "names no data"],
    ["--limit 0", "--limit 0 is no count"],
    ["--fast", "--fast"],
  ])("%s is refused: %s", (line, message) => {
    expect(() => read(line)).toThrow(expect.objectContaining({ name: "InputError" }));
    expect(() => read(line)).toThrow(message);
  });
});

describe("the page", () => {
  let result: Result;
  beforeAll(async () => {
    const data = dataOf([questionOf("s")], [questionOf("a"), questionOf("nothing")]);
    const solvers = [new ScriptedSolver()];
    const report = await runEvaluation({
      design: designOf(["none", "kv"]),
      data,
      solvers,
      store: new MemoryStore(),
    });
    result = { limits: ["--limit", "2"], date: "2026-01-02", reports: [report] };
  });
  const sectionOf = (page: string, title: string) =>
    page.split("\n## ").find((part) => part.startsWith(title))!;

  test("every evaluation with the command that made its figures, n and intervals", () => {
    const section = sectionOf(resultsPage(CONFIG, { ours: result }), "Ours");
    expect(section).toContain("Made here.");
    expect(section).toContain("npm run eval -- \\\n  --seen s.json --unseen u.json \\\n  --limit 2\n");
    expect(section).toMatch(/\| none \| 50\.0 \| \[0\.0, 100\.0\] \| .* \| 2 \|\n/);
    expect(section).toMatch(/against none\*\*\n\n\| mode \| EM points \| 95% /);
    expect(section).toContain("2026-01-02");
    expect(section).toContain("<details>");
  });

  test("one whose file is not there says which, one that was not run says so", () => {
    const page = resultsPage(CONFIG, {});
    expect(sectionOf(page, "Ours")).toContain("Not run yet.");
    expect(sectionOf(page, "Theirs")).toContain(
      "it needs a file of questions, which is not in the repository. Give its path by `--data given=PATH` or `GIVEN`",
    );
    expect(sectionOf(page, "Theirs")).toContain('npm run eval -- \\\n  --file "$GIVEN" --seed 2\n');
  });

  test("what the embedded model cannot show has its command, and the published figures stand there", () => {
    const page = resultsPage(CONFIG, {});
    expect(sectionOf(page, "What the embedded model cannot show")).toContain("npm run eval -- --model BIG");
    expect(sectionOf(page, "Published")).toContain("| MuSiQue | kv | 32.2 | 45.0 | 2.68 |");
    expect(sectionOf(page, "Published")).toContain("| GPQA | kv | 30.4 | – | 1.62 |");
  });
});

describe("scripts/results.json", () => {
  const config: ResultsConfig = list;
  const data = new Map(Object.keys(config.data).map((name) => [name, `/elsewhere/${name}`]));
  const isGiven = (file: string) => file.startsWith("/elsewhere/");

  test.each(config.evaluations.map((entry) => [entry.name, entry] as const))(
    "%s is a command that can be given",
    (_, entry) => {
      const found = argsOf(entry, { data, limits: [] });
      const { datasets, corpus } = readEvalOptions("args" in found ? found.args : []);
      const files = [...datasets.flatMap(({ seen, unseen }) => [seen, unseen]), corpus];
      const ourFiles = files.filter((file) => file !== undefined && !isGiven(file));
      for (const file of ourFiles) expect(existsSync(file!), file).toBe(true);
      expect(commandOf(entry, [], config)).not.toContain("{");
    },
  );

  test("commands for another machine are commands that can be given, on files of one's own", () => {
    for (const { command } of config.elsewhere) {
      const args = command.split("npm run eval -- ")[1]!.split(" ");
      expect(readEvalOptions(args).models).not.toEqual([undefined]);
    }
  });

  test("docs/results.md is what its list and its figures make", () => {
    const results = existsSync("docs/results.json")
      ? JSON.parse(readFileSync("docs/results.json", "utf8"))
      : {};
    expect(readFileSync("docs/results.md", "utf8")).toBe(resultsPage(config, results));
  });
});
