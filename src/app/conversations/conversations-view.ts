/** The list of kept conversations: open, search, rename, delete. */
import { messageOf } from "../../terms/errors.ts";
import { clone, element, find } from "../dom.ts";
import { texts } from "../texts/texts.ts";
import { ago } from "../words.ts";
import { type Conversation, logsOf, matches } from "./conversation.ts";
import type { ConversationStore } from "./conversation-store.ts";

export interface ConversationsViewParts {
  readonly store: ConversationStore;
  /** Id of the open one, where it is kept. */
  readonly openId: () => string | null;
  /** The open conversation is deleted: what stands there goes. */
  readonly leave: () => void;
  readonly removeLogs: (ids: readonly string[]) => Promise<void>;
  readonly notice: (text: string) => void;
}

/** The address of a kept conversation on this page. */
export function addressOf(id: string): string {
  return `#chat=${id}`;
}

/** The id in the address, or null. */
export function idIn(hash: string): string | null {
  return /^#chat=(.+)$/.exec(hash)?.[1] ?? null;
}

/** Returns the function that shows the list anew. */
export function mountConversationsView(parts: ConversationsViewParts): () => Promise<void> {
  const { store, openId, leave, removeLogs, notice } = parts;
  const panel = find("#conversations");
  const list = find(".conversation-list", panel);
  const empty = find(".panel-empty", panel);
  const search = find<HTMLInputElement>("#conversation-search");
  let all: readonly Conversation[] = [];

  async function refresh(): Promise<void> {
    try {
      all = await store.list();
    } catch (error) {
      notice(`${texts.conversations.notShown} ${messageOf(error)}`);
    }
    show();
  }

  function show(): void {
    // A name that is being typed stays where it is.
    if (list.querySelector("input")) return;
    const wanted = search.value.trim();
    const found = wanted === "" ? all : all.filter((conversation) => matches(conversation, wanted));
    const focused = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>(
      ".conversation-item",
    );
    const control = document.activeElement?.classList[0];
    list.replaceChildren(...found.map(itemOf));
    empty.hidden = found.length > 0;
    empty.textContent = all.length > 0 ? texts.conversations.noneFound : texts.conversations.none;
    if (!focused) return;
    const again = list.querySelector<HTMLElement>(`[data-id="${focused.dataset.id}"] .${control}`);
    (again ?? search).focus();
  }

  function itemOf(conversation: Conversation): HTMLElement {
    const { id, title, changedAt } = conversation;
    const item = clone("conversation-template");
    item.dataset.id = id;
    const link = find<HTMLAnchorElement>(".conversation-open", item);
    link.href = addressOf(id);
    find(".conversation-title", link).textContent = title;
    find(".conversation-when", link).textContent = ago(changedAt, Date.now());
    if (id === openId()) link.setAttribute("aria-current", "true");
    const rename = find<HTMLButtonElement>(".conversation-rename", item);
    rename.setAttribute("aria-label", texts.conversations.rename(title));
    rename.addEventListener("click", () => beginRename(item, conversation));
    const remove = find<HTMLButtonElement>(".conversation-delete", item);
    remove.setAttribute("aria-label", texts.conversations.delete(title));
    remove.addEventListener("click", () => askToDelete(conversation));
    return item;
  }

  function beginRename(item: HTMLElement, conversation: Conversation): void {
    const input = element("input", "conversation-name");
    input.value = conversation.title;
    input.setAttribute("aria-label", texts.conversations.renamed);
    item.replaceChildren(input);
    input.focus();
    input.select();
    let ended = false;
    const end = async (keep: boolean) => {
      if (ended) return;
      ended = true;
      const title = input.value.trim();
      input.remove();
      if (keep && title !== "" && title !== conversation.title) await rename(conversation.id, title);
      else show();
      list.querySelector<HTMLElement>(`[data-id="${conversation.id}"] .conversation-rename`)?.focus();
    };
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
      event.preventDefault(); // an Escape that ends the renaming stops no question
      void end(event.key === "Enter");
    });
    input.addEventListener("blur", () => void end(true));
  }

  async function rename(id: string, title: string): Promise<void> {
    try {
      await store.update(id, (kept) => kept && { ...kept, title });
    } catch (error) {
      notice(`${texts.conversations.notKept} ${messageOf(error)}`);
    }
    await refresh();
  }

  function askToDelete({ id, title, turns }: Conversation): void {
    const dialog = find<HTMLDialogElement>("#delete-conversation");
    const logs = logsOf(turns);
    find(".dialog-question", dialog).textContent = texts.conversations.deleteWhat(title);
    const withLogs = find<HTMLButtonElement>("[value=with-logs]", dialog);
    withLogs.hidden = logs.length === 0;
    withLogs.textContent = texts.conversations.deleteWithLogs(logs.length);
    find("[value=alone]", dialog).textContent = texts.conversations.deleteAlone(logs.length);
    dialog.returnValue = "";
    dialog.addEventListener("close", () => void remove(id, logs, dialog.returnValue), { once: true });
    dialog.showModal();
  }

  async function remove(id: string, logs: readonly string[], choice: string): Promise<void> {
    if (choice !== "alone" && choice !== "with-logs") return;
    try {
      const isOpen = id === openId();
      await store.delete(id);
      if (isOpen) leave();
      if (choice === "with-logs") await removeLogs(logs);
    } catch (error) {
      notice(`${texts.conversations.notDeleted} ${messageOf(error)}`);
    }
    await refresh();
    search.focus();
  }

  // Above the conversation the list would stand between a person and the answer.
  find<HTMLDetailsElement>("details", panel).open = matchMedia("(min-width: 76.01rem)").matches;
  search.addEventListener("input", show);
  store.onChange(() => void refresh());
  return refresh;
}
