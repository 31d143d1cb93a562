/** `npm run notices`: writes THIRD-PARTY-NOTICES.md from the licence files of every package that ships in the page. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shippedPackages } from "./lib/shipped-packages.ts";

const parts = [
  "# Third-party notices",
  "",
  "web-lag itself is Apache-2.0 (LICENSE). The built page contains code of these packages.",
  "",
];
for (const { name, version, folder, license } of shippedPackages()) {
  const file = existsSync(folder)
    ? readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry))
    : undefined;
  const text = file
    ? readFileSync(join(folder, file), "utf8").trim()
    : `(The package carries no licence file; its manifest says ${license}.)`;
  parts.push(`## ${name} ${version}`, "", `Licence: ${license}`, "", "```", text, "```", "");
}
writeFileSync("THIRD-PARTY-NOTICES.md", `${parts.join("\n")}`);
console.log(`THIRD-PARTY-NOTICES.md: ${shippedPackages().length} packages`);
