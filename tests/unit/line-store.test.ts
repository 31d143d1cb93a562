/** The store of finished questions: goes on after a crash, drops a torn line, refuses a damaged one. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LineStore } from "../../scripts/lib/line-store.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "web-lag-lines-"));
  path = join(folder, "deep", "store.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = () => LineStore.open<{ text: string }>(path, { mode: "kv" });

test("what was put is there for the next run, whatever its characters", () => {
  open().put(3, { text: "line\nbreak, é, \u2028" });
  expect(open().get(3)).toEqual({ text: "line\nbreak, é, \u2028" });
  expect(open().get(0)).toBeUndefined();
});

test("the head says what the entries were made with", () => {
  open();
  open();
  expect(readFileSync(path, "utf8")).toBe('{"configuration":{"mode":"kv"}}\n');
});

test("a torn last line is dropped, and what follows is whole", () => {
  open().put(0, { text: "kept" });
  appendFileSync(path, '{"n":1,"value":{"text":"to');
  const store = open();
  expect(store.get(0)).toEqual({ text: "kept" });
  expect(store.get(1)).toBeUndefined();
  store.put(1, { text: "again" });
  expect(open().get(1)).toEqual({ text: "again" });
});

test("a torn head begins anew", () => {
  open();
  writeFileSync(path, '{"configu');
  open().put(0, { text: "kept" });
  expect(open().get(0)).toEqual({ text: "kept" });
});

test("a damaged line in the middle is refused with its number", () => {
  open().put(0, { text: "kept" });
  appendFileSync(path, '{"n":1}\n{"n":2,"value":{"text":"x"}}\n');
  expect(open).toThrow(`${path}, line 3 is damaged`);
});
