/** `web-lag/element`: defines `<lag-chat>`, unless the page has an element of this name. */
import { LagChat, type LagChatEvents } from "../element/lag-chat.ts";

if (!customElements.get("lag-chat")) customElements.define("lag-chat", LagChat);

declare global {
  interface HTMLElementTagNameMap {
    "lag-chat": LagChat;
  }
  interface HTMLElementEventMap extends LagChatEvents {}
}

export type { LagChatEvents, LagMessage } from "../element/lag-chat.ts";
export type { Texts } from "../element/texts.ts";
export { LagChat };
