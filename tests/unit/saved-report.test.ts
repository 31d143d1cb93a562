import { describe, expect, it } from "vitest";
import { readReport } from "../../src/app/report/saved-report.ts";
import { SAMPLE_REPORT } from "../support/sample-report.ts";

const text = JSON.stringify(SAMPLE_REPORT);
const without = (field: string) => JSON.stringify({ ...SAMPLE_REPORT, [field]: undefined });
const withSetting = (changes: object) =>
  JSON.stringify({ ...SAMPLE_REPORT, setting: { ...SAMPLE_REPORT.setting, ...changes } });
const withFigures = (changes: object) =>
  JSON.stringify({ ...SAMPLE_REPORT, modes: { kv: { ...SAMPLE_REPORT.modes.kv, ...changes } } });

describe("readReport", () => {
  it("gives what was saved, whether on one line or on many", () => {
    expect(readReport(`${text}\n`, "r.json")).toEqual(SAMPLE_REPORT);
    expect(readReport(JSON.stringify(SAMPLE_REPORT, null, 2), "r.json")).toEqual(SAMPLE_REPORT);
  });

  it.each([
    [text.slice(0, -9), /r\.json is not whole JSON\. Expected one report/],
    ["", /is not whole JSON/],
    [`${text}\n${text}\n`, /holds 2 reports\. Keep one/],
    [without("setting"), /has no setting/],
    [without("documents"), /has no documents/],
    [without("modes"), /has no figures of modes/],
    [JSON.stringify({ ...SAMPLE_REPORT, modes: { kv: { em: 1 } } }), /has no whole figures of mode kv/],
    [JSON.stringify({ ...SAMPLE_REPORT, modes: { best: {} } }), /"best"/],
    [withSetting({ retrieval: undefined }), /cannot be shown as a report \(.+\)\. Expected one report/],
    [withFigures({ costs: { task: null } }), /cannot be shown as a report/],
    [withFigures({ iterations: [null] }), /cannot be shown as a report/],
  ])("refuses what is no report: %#", (given, message) => {
    expect(() => readReport(given, "r.json")).toThrow(message);
  });
});
