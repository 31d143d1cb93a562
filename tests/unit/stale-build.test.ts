import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isStale } from "../../scripts/lib/built-page.ts";

let root: string;
const at = (path: string, seconds: number) => utimesSync(join(root, path), seconds, seconds);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "web-lag-stale-"));
  mkdirSync(join(root, "src/deep"), { recursive: true });
  mkdirSync(join(root, "dist"));
  writeFileSync(join(root, "src/deep/a.ts"), "");
  writeFileSync(join(root, "dist/index.html"), "");
  for (const path of ["src/deep/a.ts", "src/deep", "src"]) at(path, 1000);
  at("dist/index.html", 2000);
});
afterEach(() => rmSync(root, { recursive: true }));

const stale = () => isStale(join(root, "dist"), [join(root, "src"), join(root, "absent.json")]);

describe("a build is stale", () => {
  it("not while it is newer than all its sources", () => expect(stale()).toBe(false));

  it("when it is missing", () => {
    rmSync(join(root, "dist/index.html"));
    expect(stale()).toBe(true);
  });

  it("when a file deep inside is newer", () => {
    at("src/deep/a.ts", 3000);
    expect(stale()).toBe(true);
  });

  it("when a file was deleted", () => {
    rmSync(join(root, "src/deep/a.ts"));
    expect(stale()).toBe(true);
  });
});
