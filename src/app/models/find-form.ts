/** Where a person says which model: one of the tested list, an id with its hub, or a folder of this device. */
import type { HubClient } from "../../client/connect-hub.ts";
import type { ModelRequest } from "../../client/hub-protocol.ts";
import { element, find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import { megabytes } from "../words.ts";

/** Before the address of the hub that a kept token is for. */
const TOKEN = "web-lag-token ";

/** Four bytes a number. */
const WHOLE_NUMBER = 4;

export interface FindForm {
  /** The token that is given, or kept, for a hub. */
  tokenFor(base: string): string | undefined;
}

export async function mountFindForm(
  panel: HTMLElement,
  hub: HubClient,
  lookUp: (request: ModelRequest) => Promise<void>,
): Promise<FindForm> {
  const form = find<HTMLFormElement>(".models-find", panel);
  const tested = find<HTMLSelectElement>("[name=tested]", form);
  const button = find<HTMLButtonElement>("[type=submit]", form);
  const input = (name: string) => find<HTMLInputElement>(`[name=${name}]`, form);
  const id = input("id");
  const base = input("base");
  const token = input("token");
  const keep = input("keep-token");

  function offer(group: string, options: readonly (readonly [id: string, text: string])[]): void {
    const list = element("optgroup", "");
    list.label = group;
    for (const [value, text] of options) {
      const option = element("option", "", text);
      option.value = value;
      list.append(option);
    }
    tested.append(list);
  }

  const [models, embedders] = await Promise.all([hub.tested(), hub.testedEmbedders()]);
  offer(
    texts.models.groups.models,
    models.map(({ id, name, licence, bytes }) => {
      const from = megabytes(Math.min(...Object.values(bytes)));
      return [id, texts.models.tested(name, from, licence)];
    }),
  );
  offer(
    texts.models.groups.embedders,
    embedders.map(({ id, name, licence, parameters }) => {
      const size = megabytes(parameters * 1e6 * WHOLE_NUMBER);
      return [id, texts.models.testedEmbedder(name, size, licence)];
    }),
  );

  function choose(): void {
    find(".models-id", form).hidden = tested.value !== "";
    id.required = tested.value === "";
  }

  /** A token goes to the hub that it was kept for, and to no other. */
  function fillToken(): void {
    const stored = localStorage.getItem(TOKEN + base.value.trim());
    token.value = stored ?? "";
    keep.checked = stored !== null;
  }

  function keepToken(): void {
    const name = TOKEN + base.value.trim();
    if (keep.checked && token.value) localStorage.setItem(name, token.value);
    else localStorage.removeItem(name);
  }

  /** Other requests wait for the first. */
  async function run(request: ModelRequest): Promise<void> {
    button.disabled = true;
    await lookUp(request);
    button.disabled = false;
  }

  tested.addEventListener("change", choose);
  base.addEventListener("change", fillToken);
  keep.addEventListener("change", keepToken);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keepToken();
    void run({
      id: tested.value || id.value,
      base: base.value.trim() || undefined,
      revision: input("revision").value.trim() || undefined,
      token: token.value.trim() || undefined,
    });
  });

  const folder = find<HTMLInputElement>(".models-folder-file", form);
  find(".models-folder", form).addEventListener("click", () => folder.click());
  folder.addEventListener("change", () => {
    const files = [...(folder.files ?? [])];
    folder.value = "";
    if (files.length === 0) return;
    void run({ folder: files.map((bytes) => ({ path: bytes.webkitRelativePath, bytes })) });
  });
  choose();
  fillToken();
  return {
    tokenFor(hubBase) {
      const typed = base.value.trim() || base.placeholder;
      if (typed === hubBase && token.value.trim()) return token.value.trim();
      const kept = hubBase === base.placeholder ? "" : hubBase;
      return localStorage.getItem(TOKEN + kept) ?? undefined;
    },
  };
}
