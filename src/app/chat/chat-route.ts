/** Keeps the address and the open conversation in step: each kept conversation has an address of its own. */
import { addressOf, idIn } from "../conversations/conversations-view.ts";
import { find } from "../dom.ts";
import { isView } from "../views.ts";
import type { Chat } from "./chat.ts";

export function mountChatRoute(chat: Chat): void {
  const link = find<HTMLAnchorElement>(".chat-link");

  chat.onOpen(() => {
    const address = chat.openId === null ? "#" : addressOf(chat.openId);
    link.setAttribute("href", address);
    if (isView(location.hash) || idIn(location.hash) === chat.openId) return;
    // The first question makes a conversation of what was open; any other change is a step back to return to.
    const isSame = chat.openId !== null && idIn(location.hash) === null;
    history[isSame ? "replaceState" : "pushState"](null, "", address);
  });

  async function follow(): Promise<void> {
    if (isView(location.hash)) return;
    const id = idIn(location.hash);
    if (id !== chat.openId) await chat.open(id);
  }

  find(".new-conversation").addEventListener("click", () => begin(false));
  find(".new-incognito").addEventListener("click", () => begin(true));
  function begin(incognito: boolean): void {
    chat.openNew(incognito);
    find("#question").focus();
  }

  addEventListener("hashchange", () => void follow());
  void follow();
}
