/** What the page says about a device, and only what is known of it. */
import { describe, expect, it } from "vitest";
import { type DeviceFacts, deviceNotes, isSafari } from "../../src/app/device/device-notes.ts";

const UNKNOWN: DeviceFacts = {
  backend: undefined,
  stepTime: undefined,
  usage: undefined,
  quota: undefined,
  persisted: undefined,
  refused: undefined,
  safari: false,
};
const notes = (facts: Partial<DeviceFacts>) => deviceNotes({ ...UNKNOWN, ...facts }).join(" ");

describe("device notes", () => {
  it("wasm is named with what it means, and with a pace only once one was measured", () => {
    expect(notes({})).not.toContain("The model runs");
    expect(notes({ backend: "wasm" })).toMatch(/wasm.*more slowly.*first answer will tell/);
    expect(notes({ backend: "wasm", stepTime: 2400 })).toMatch(/A step took 2\.4 s/);
    expect(notes({ backend: "webgpu" })).not.toContain("slowly");
  });

  it("storage: how much, how little, for how long", () => {
    expect(notes({ usage: 3.2e6, quota: 2e9 })).toContain("uses 3.2 MB of the 2000.0 MB");
    expect(notes({ usage: 0, quota: 2e9 })).not.toContain("That is little");
    expect(notes({ usage: 0, quota: 1.2e8 })).toMatch(/That is little: a private window.*free some space/);
    expect(notes({})).toContain("may clear it");
    expect(notes({})).toMatch(/In a private window it is gone.*an ordinary one/);
    expect(notes({ persisted: true, safari: true })).toMatch(/promised to keep it/);
    expect(notes({ persisted: true })).not.toContain("private");
    expect(notes({ safari: true })).toMatch(/Safari deletes.*seven days.*Home Screen.*In a private window/);
  });

  it("blocked storage says so, why, and what can be done, and nothing about quotas", () => {
    const said = notes({ refused: "Denied.", usage: 0, quota: 1, safari: true });
    expect(said).toMatch(/no storage.*Denied\..*Allow site data/);
    expect(said).not.toMatch(/seven days|uses|an ordinary one/);
  });

  it("Safari is known by its own name only", () => {
    const webkit = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)";
    expect(isSafari(`${webkit} Version/26.0 Safari/605.1.15`)).toBe(true);
    expect(isSafari(`${webkit} Chrome/156.0.0.0 Safari/537.36`)).toBe(false);
    expect(isSafari(`${webkit} CriOS/140.0 Mobile/15E148 Safari/604.1`)).toBe(false);
  });
});
