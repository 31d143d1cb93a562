/** `npm run results`: asks what scripts/results.json lists and writes docs/results.md, with the command of each number. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { EvaluationReport } from "../src/evaluation/evaluation-report.ts";
import { LagError, messageOf } from "../src/terms/errors.ts";
import { readEvalOptions } from "./lib/eval-options.ts";
import { evaluate } from "./lib/evaluate.ts";
import { argsOf, RESULTS_USAGE, type ResultsConfig, readResultsOptions } from "./lib/results-config.ts";
import { type Results, resultsPage } from "./lib/results-page.ts";
import config from "./results.json" with { type: "json" };

async function main(list: ResultsConfig): Promise<void> {
  const options = readResultsOptions(process.argv.slice(2), list);
  const page = join(options.out, "results.md");
  const file = join(options.out, "results.json");
  mkdirSync(options.out, { recursive: true });
  let results: Results = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const write = () => writeFileSync(page, resultsPage(list, results));
  for (const entry of options.pageOnly ? [] : list.evaluations) {
    if (options.only && !options.only.includes(entry.name)) continue;
    const found = argsOf(entry, options);
    if ("missing" in found) {
      console.error(`${entry.name}: not run, ${list.data[found.missing]!.variable} is not given`);
      continue;
    }
    console.error(`\n${entry.name}: ${entry.title}`);
    const reports: EvaluationReport[] = [];
    await evaluate(readEvalOptions([...found.args, ...options.pages]), (report) => {
      // Where a file lay on the machine that ran it is nobody's concern.
      const setting = { ...report.setting, dataset: basename(report.setting.dataset) };
      reports.push({ ...report, setting });
    });
    const date = new Date().toISOString().slice(0, 10);
    results = { ...results, [entry.name]: { limits: options.limits, date, reports } };
    // After each: a run of hours may end early.
    writeFileSync(file, `${JSON.stringify(results)}\n`);
    write();
  }
  write();
  console.error(`Written: ${page}`);
}

try {
  if (process.argv.includes("--help")) console.log(RESULTS_USAGE);
  else await main(config);
} catch (error) {
  console.error(
    error instanceof LagError ? error.message : error instanceof Error ? error.stack : messageOf(error),
  );
  process.exitCode = 1;
}
