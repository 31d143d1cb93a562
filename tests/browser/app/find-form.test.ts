/** Where a person says which model: whose token goes where, and what of it is kept. */
import { beforeEach, describe, expect, it } from "vitest";
import html from "../../../index.html?raw";
import { mountFindForm } from "../../../src/app/models/find-form.ts";
import type { HubClient } from "../../../src/client/connect-hub.ts";
import type { ModelRequest } from "../../../src/client/hub-protocol.ts";

const MIRROR = "https://mirror.example";
const SECRET = "hf_secret";
const kept = () => Object.values({ ...localStorage }).filter((value) => value === SECRET);

async function open() {
  const page = new DOMParser().parseFromString(html, "text/html");
  document.body.replaceChildren(page.querySelector("#models")!);
  const asked: ModelRequest[] = [];
  const hub = { tested: async () => [], testedEmbedders: async () => [] } as unknown as HubClient;
  const panel = document.querySelector<HTMLElement>("#models")!;
  const form = await mountFindForm(panel, hub, async (request) => void asked.push(request));
  const input = (name: string) => panel.querySelector<HTMLInputElement>(`[name=${name}]`)!;
  const set = (name: string, value: string) => {
    input(name).value = value;
    input(name).dispatchEvent(new Event("change"));
  };
  const tick = (on: boolean) => {
    input("keep-token").checked = on;
    input("keep-token").dispatchEvent(new Event("change"));
  };
  const send = async () => {
    input("id").value = "owner/name";
    panel.querySelector(".models-find")!.dispatchEvent(new Event("submit", { cancelable: true }));
    await Promise.resolve();
    return asked.at(-1);
  };
  return { form, input, set, tick, send, asked, panel };
}

beforeEach(() => localStorage.clear());

describe("a token", () => {
  it("goes with the request, and is written nowhere unless that is ticked", async () => {
    const { set, send, form } = await open();
    set("token", SECRET);
    expect(await send()).toMatchObject({ id: "owner/name", base: undefined, token: SECRET });
    expect(kept()).toEqual([]);
    expect(form.tokenFor(MIRROR)).toBeUndefined();
    // Another visit.
    const { input, form: later } = await open();
    expect([input("token").value, input("keep-token").checked]).toEqual(["", false]);
    expect(later.tokenFor("https://huggingface.co")).toBeUndefined();
  });

  it("that is kept serves its own hub and no other, until the tick is taken away", async () => {
    const first = await open();
    first.set("base", MIRROR);
    first.set("token", SECRET);
    first.tick(true);
    await first.send();
    expect(kept().length).toBe(1);
    const { input, set, tick, send, form } = await open();
    expect(await send()).toMatchObject({ base: undefined, token: undefined });
    set("base", MIRROR);
    expect(input("token").value).toBe(SECRET);
    expect(await send()).toMatchObject({ base: MIRROR, token: SECRET });
    expect(form.tokenFor("https://huggingface.co")).toBeUndefined();
    set("base", "https://other.example");
    expect(await send()).toMatchObject({ token: undefined });
    set("base", MIRROR);
    tick(false);
    expect(kept()).toEqual([]);
  });
});

it("a folder of the device is handed on with the paths of its files, and nothing of the form", async () => {
  const { asked, panel } = await open();
  const folder = panel.querySelector<HTMLInputElement>(".models-folder-file")!;
  expect(folder.webkitdirectory).toBe(true);
  const file = new File(["{}"], "config.json");
  Object.defineProperty(file, "webkitRelativePath", { value: "tiny/config.json" });
  Object.defineProperty(folder, "files", { value: [file] });
  folder.dispatchEvent(new Event("change"));
  expect(asked).toEqual([{ folder: [{ path: "tiny/config.json", bytes: file }] }]);
});
