/** Kept conversations, newest first, and word of their changes from this tab and others. */
import type { Shelf } from "../storage/page-database.ts";
import type { Conversation } from "./conversation.ts";

export interface ConversationStore {
  /** The one that changed last comes first. */
  list(): Promise<Conversation[]>;
  get(id: string): Promise<Conversation | undefined>;
  /** Keeps what `change` makes of what is kept; nothing where it makes nothing. Returns what is kept then. */
  update(
    id: string,
    change: (kept: Conversation | undefined) => Conversation | undefined,
  ): Promise<Conversation | undefined>;
  delete(id: string): Promise<void>;
  onChange(listener: () => void): void;
}

/** `shelf` may still be opening. */
export function createConversationStore(
  shelf: Promise<Shelf<Conversation>>,
  bankName: string,
): ConversationStore {
  const listeners: (() => void)[] = [];
  const channel = new BroadcastChannel(`${bankName}-conversations`);
  const tell = () => {
    for (const listener of listeners) listener();
  };
  channel.onmessage = tell;

  async function change<T>(work: (shelf: Shelf<Conversation>) => Promise<T>): Promise<T> {
    const result = await work(await shelf);
    channel.postMessage(null);
    tell();
    return result;
  }

  return {
    list: async () => (await (await shelf).all()).sort((a, b) => b.changedAt - a.changedAt),
    get: async (id) => (await shelf).get(id),
    update: (id, make) => change((kept) => kept.update(id, make)),
    delete: (id) => change((kept) => kept.delete(id)),
    onChange: (listener) => void listeners.push(listener),
  };
}
