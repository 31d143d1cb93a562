/** `npm run bench`: every bench in Chromium, ratios printed; `npm run bench -- NAME` runs those whose path has NAME. */
import { spawnSync } from "node:child_process";

const { status } = spawnSync(
  "npx",
  [
    "--no-install",
    "vitest",
    "run",
    "--project",
    "bench",
    "--disable-console-intercept",
    ...process.argv.slice(2),
  ],
  { stdio: "inherit" },
);
process.exit(status ?? 1);
