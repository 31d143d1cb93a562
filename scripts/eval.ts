/** `npm run eval`: exact match, F1 and steps of the built page per mode, on questions of several hops. */
import { isNamed, LagError, messageOf } from "../src/terms/errors.ts";
import { readEvalOptions } from "./lib/eval-options.ts";
import { asTables } from "./lib/eval-report.ts";
import { USAGE } from "./lib/eval-usage.ts";
import { evaluate } from "./lib/evaluate.ts";

async function main(): Promise<void> {
  const options = readEvalOptions(process.argv.slice(2));
  await evaluate(options, (report) => console.log(options.json ? JSON.stringify(report) : asTables(report)));
}

try {
  if (process.argv.includes("--help")) console.log(USAGE);
  else await main();
} catch (error) {
  // Errors raised on purpose say what to do; of others the place matters too.
  console.error(
    error instanceof LagError ? error.message : error instanceof Error ? error.stack : messageOf(error),
  );
  if (!isNamed(error, "InputError")) {
    console.error("Finished questions are kept: the same command goes on where this one stopped.");
  }
  process.exitCode = 1;
}
