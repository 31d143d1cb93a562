/** The packages of the lock file that are not for development: what may end up in the built page. */
import { readFileSync } from "node:fs";

export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly license: string;
}

export function shippedPackages(): ShippedPackage[] {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<
      string,
      { version: string; license?: string; dev?: boolean; optional?: boolean; link?: boolean }
    >;
  };
  return (
    Object.entries(lock.packages)
      // A link is to a folder of the project itself.
      .filter(([folder, entry]) => folder !== "" && !entry.dev && !entry.optional && !entry.link)
      .map(([folder, entry]) => ({
        name: folder.slice(folder.lastIndexOf("node_modules/") + "node_modules/".length),
        version: entry.version,
        folder,
        license: entry.license ?? "see the package",
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  );
}
