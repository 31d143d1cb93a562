/**
 * `npm test`: types, lint, then every test project, one after the other; ends with one line that counts.
 * A gate that fails does not hide the next one: all of them run, and any failure fails the command.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "./lib/chromium.ts";

const GATES: readonly (readonly [name: string, ...command: string[]])[] = [
  ["types of the runtime and its workers", "tsc", "-p", "tsconfig.runtime.json"],
  ["types of the page", "tsc", "-p", "tsconfig.page.json"],
  ["types of tests and scripts", "tsc", "-p", "tsconfig.tools.json"],
  ["lint and format", "biome", "check", "--error-on-warnings"],
  ["the library builds", "tsx", "scripts/build-lib.ts"],
  ["the library's package", "publint", "--strict", "--pack", "false"],
];
const PROJECTS = ["unit", "engine", "browser", "flows"];

let passed = 0;
let failed = 0;
const failures: string[] = [];

function count(ok: boolean, name: string): void {
  if (ok) passed += 1;
  else {
    failed += 1;
    failures.push(name);
  }
}

findChromium();

for (const [name, ...command] of GATES) {
  const { status } = spawnSync("npx", ["--no-install", ...command], { stdio: "inherit" });
  console.log(`${status === 0 ? "ok" : "FAILED"}: ${name}`);
  count(status === 0, name);
}

const reports = mkdtempSync(join(tmpdir(), "web-lag-test-"));
for (const project of PROJECTS) {
  const report = join(reports, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { status } = spawnSync("npx", ["--no-install", "vitest", "run", "--project", project, ...reporters], {
    stdio: "inherit",
  });
  try {
    const result = JSON.parse(readFileSync(report, "utf8")) as Report;
    passed += result.numPassedTests;
    failed += result.numFailedTests;
    for (const file of result.testResults) {
      for (const test of file.assertionResults) {
        if (test.status !== "failed") continue;
        // The reason again, at the end: of a long output often only the end is kept.
        const reason = (test.failureMessages[0] ?? "").split("\n").slice(0, 3).join(" | ").slice(0, 300);
        failures.push(`${project}: ${test.fullName} (${reason})`);
      }
    }
    // A file that cannot be loaded, or an error outside any test, fails the run without a failed test.
    if (status !== 0 && result.numFailedTests === 0) count(false, `${project}: an error outside the tests`);
    if (result.numTotalTests === 0) count(false, `${project}: no test ran`);
    const unfinished = result.numTotalTests - result.numPassedTests - result.numFailedTests;
    if (unfinished > 0) console.log(`${project}: ${unfinished} not run (each says above why)`);
  } catch {
    count(false, `${project}: the run left no report`);
  }
}
rmSync(reports, { recursive: true });

for (const name of failures) console.log(`FAILED  ${name}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** The part of vitest's JSON report that is read here. */
interface Report {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}
