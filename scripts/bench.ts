/** `npm run bench`: every bench in Chromium, ratios printed; `npm run bench -- NAME` runs those whose path has NAME. */
import { spawnSync } from "node:child_process";

const { status } = spawnSync(
  "npx",
  // Names first: behind a switch, the first of them would be taken for its value.
  [
    "--no-install",
    "vitest",
    "run",
    ...process.argv.slice(2),
    "--project",
    "bench",
    "--disable-console-intercept",
  ],
  { stdio: "inherit" },
);
process.exit(status ?? 1);
