import { expect, it } from "vitest";
import { chromiumArgs } from "../../scripts/lib/chromium.ts";

const SOFTWARE = "--use-webgpu-adapter=swiftshader";

it("Chromium is given the software adapter, and the machine's own when it is asked for", () => {
  expect(chromiumArgs({})).toContain(SOFTWARE);
  expect(chromiumArgs({ WEB_LAG_GPU: "software" })).toContain(SOFTWARE);
  const hardware = chromiumArgs({ WEB_LAG_GPU: "hardware" });
  expect(hardware).not.toContain(SOFTWARE);
  expect(hardware).toContain("--enable-unsafe-webgpu");
});

it("another word is refused, with the words that are known", () => {
  expect(() => chromiumArgs({ WEB_LAG_GPU: "fast" })).toThrow(/"fast", expected software or hardware/);
});
