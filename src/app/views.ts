/** The views of the page, by the fragment of its address. All but the chat are fetched when they are first looked at. */
import { find } from "./dom.ts";
import { texts } from "./texts/texts.ts";

export interface View {
  /** Fragment of its address, and id of its element. */
  readonly hash: "#report" | "#bank";
  /** What the skip link says. */
  readonly skip: string;
  /** Called once, when it is first shown; it reports failures itself. */
  readonly mount: () => Promise<void>;
}

/** Any other fragment is the chat's. */
export function mountViews(views: readonly View[]): void {
  const chat = find("#chat");
  const links = [...document.querySelectorAll<HTMLAnchorElement>(".views a")];
  const skip = find<HTMLAnchorElement>(".skip-link");
  const mounted = new Set<string>();

  function show(): void {
    const shown = views.find(({ hash }) => hash === location.hash);
    chat.hidden = shown !== undefined;
    for (const { hash } of views) find(hash).hidden = hash !== shown?.hash;
    for (const link of links) {
      const here = shown ? link.hash === shown.hash : link.classList.contains("chat-link");
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    skip.hash = shown?.hash ?? "#question";
    skip.textContent = shown?.skip ?? texts.skip.chat;
    if (!shown || mounted.has(shown.hash)) return;
    mounted.add(shown.hash);
    void shown.mount();
  }

  addEventListener("hashchange", show);
  show();
}

export function isView(hash: string): boolean {
  return hash === "#report" || hash === "#bank";
}
