/**
 * The conversation that is open, on the page and in the store: opened, kept with each change, and brought up to date with
 * what other tabs do to it.
 */
import { messageOf } from "../../terms/errors.ts";
import {
  type Conversation,
  logsOf,
  merged,
  type Turn,
  titleFrom,
  withNews,
} from "../conversations/conversation.ts";
import type { ConversationStore } from "../conversations/conversation-store.ts";
import { find } from "../dom.ts";
import type { LogBook } from "../memory/log-book.ts";
import type { MemorySwitches } from "../memory/memory-switches.ts";
import { texts } from "../texts/texts.ts";
import { TurnView } from "./turn-view.ts";

/** A conversation and how it stands on the page. */
export interface Open {
  conversation: Conversation;
  readonly incognito: boolean;
  /** What it was when it was last stored; if that is not there any more, it was deleted, and stays so. */
  base: Conversation | undefined;
  /** Beside `conversation.turns`. */
  views: TurnView[];
  /** The turn whose question is in the question box, to be asked in its place. */
  edited: string | undefined;
}

export interface OpenConversationParts {
  readonly store: ConversationStore;
  readonly book: LogBook;
  readonly switches: MemorySwitches;
  /** Offers what can be done with a turn that has ended. */
  readonly offer: (open: Open, turn: Turn, view: TurnView) => void;
  /** The conversation that a question runs in: it is shown as it stands, and brought up to date afterwards. */
  readonly running: () => Open | undefined;
  readonly notice: (text: string) => void;
}

export interface OpenConversation {
  readonly shown: Open;
  /** An id that is not kept, or null, is a new conversation. */
  open(id: string | null): Promise<void>;
  openNew(incognito: boolean): void;
  /** Keeps a conversation with these turns, unless it is incognito. */
  save(open: Open, turns: readonly Turn[]): Promise<void>;
  /** A place at the end for a turn that is to come. */
  append(open: Open, view: TurnView): void;
  /** Turns from this one on are dropped, and the logs that they left. */
  dropFrom(open: Open, id: string): Promise<void>;
  /** Shows what another tab has changed of it. */
  catchUp(): Promise<void>;
  /** Another one was opened, or the open one was kept. */
  onOpen(listener: () => void): void;
}

export function mountOpenConversation(parts: OpenConversationParts): OpenConversation {
  const { store, book, switches, offer, running, notice } = parts;
  const place = find("#turns");
  const head = find(".chat-head");
  const listeners: (() => void)[] = [];
  let shown = fresh(false);

  function show(open: Open): void {
    shown = open;
    open.edited = undefined;
    const { conversation, incognito, views } = open;
    place.setAttribute("aria-live", "off"); // what was said long ago is not news
    place.replaceChildren(...views.map(({ root }) => root));
    requestAnimationFrame(() => place.setAttribute("aria-live", "polite"));
    switches.conversation = conversation.memory;
    find("#welcome").hidden = views.length > 0 || incognito;
    find(".chat-incognito", head).hidden = !incognito;
    find(".chat-title", head).textContent = conversation.title;
    for (const listener of listeners) listener();
  }

  async function save(open: Open, turns: readonly Turn[]): Promise<void> {
    const { conversation, incognito } = open;
    const title = conversation.title || titleFrom(turns[0]?.task.question ?? "");
    open.conversation = { ...conversation, title, turns, changedAt: Date.now() };
    if (open === shown) find(".chat-title", head).textContent = title;
    if (incognito) return;
    try {
      // Changed or deleted meanwhile, here or in another tab.
      const mine = open.conversation;
      await store.update(mine.id, (theirs) => {
        if (theirs) return merged(open.base ?? { ...mine, turns: [] }, mine, theirs);
        return open.base ? undefined : mine;
      });
      open.base = mine;
    } catch (error) {
      notice(`${texts.conversations.notKept} ${messageOf(error)}`);
    }
    if (open === shown) for (const listener of listeners) listener();
  }

  /** A turn as it was kept. */
  function viewOf(open: Open, turn: Turn, view = new TurnView(turn.task.question, book)): TurnView {
    view.was(turn);
    offer(open, turn, view);
    return view;
  }

  function append(open: Open, view: TurnView): void {
    open.views.push(view);
    if (open === shown) place.append(view.root);
  }

  async function catchUp(): Promise<void> {
    const open = shown;
    const kept = await store.get(open.conversation.id).catch(() => undefined);
    if (!kept || !open.base || open !== shown || open === running()) return;
    const before = open.conversation.turns;
    open.base = withNews(open.base, kept);
    open.conversation = withNews(open.conversation, kept);
    find(".chat-title", head).textContent = kept.title;
    open.conversation.turns.forEach((turn, at) => {
      if (turn === before[at]) return;
      const view = open.views[at];
      if (view) viewOf(open, turn, view);
      else append(open, viewOf(open, turn));
    });
  }

  async function keptOne(id: string): Promise<Conversation | undefined> {
    try {
      return await store.get(id);
    } catch (error) {
      notice(`${texts.conversations.notShown} ${messageOf(error)}`);
      return undefined;
    }
  }

  book.onChange(() => {
    for (const view of shown.views) view.logsChanged();
  });
  switches.onChange(() => {
    const { conversation } = shown;
    if (conversation.memory === switches.conversation) return;
    shown.conversation = { ...conversation, memory: switches.conversation };
    if (conversation.turns.length > 0) void save(shown, conversation.turns);
  });
  store.onChange(() => void catchUp());
  show(shown);

  return {
    get shown() {
      return shown;
    },
    async open(id) {
      if (id === null) return show(fresh(false));
      const now = running();
      if (now?.conversation.id === id) return show(now);
      const conversation = await keptOne(id);
      if (!conversation) {
        notice(texts.conversations.gone);
        return show(fresh(false));
      }
      const open: Open = { ...fresh(false), conversation, base: conversation };
      open.views = conversation.turns.map((turn) => viewOf(open, turn));
      show(open);
    },
    openNew: (incognito) => show(fresh(incognito)),
    save,
    append,
    async dropFrom(open, id) {
      const { turns } = open.conversation;
      const at = turns.findIndex((turn) => turn.id === id);
      for (const view of open.views.splice(at)) view.root.remove();
      await book.remove(logsOf(turns.slice(at)));
      open.conversation = { ...open.conversation, turns: turns.slice(0, at) };
    },
    catchUp,
    onOpen: (listener) => void listeners.push(listener),
  };
}

function fresh(incognito: boolean): Open {
  const conversation = { id: crypto.randomUUID(), title: "", changedAt: Date.now(), memory: true, turns: [] };
  return { conversation, incognito, base: undefined, views: [], edited: undefined };
}
