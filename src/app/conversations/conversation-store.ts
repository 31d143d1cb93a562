/** Kept conversations, newest first, and word of their changes from this tab and others. */
import type { Shelf } from "../storage/page-database.ts";
import type { Conversation } from "./conversation.ts";

export interface ConversationStore {
  /** The one that changed last comes first. */
  list(): Promise<Conversation[]>;
  get(id: string): Promise<Conversation | undefined>;
  put(conversation: Conversation): Promise<void>;
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

  async function change(work: (shelf: Shelf<Conversation>) => Promise<void>): Promise<void> {
    await work(await shelf);
    channel.postMessage(null);
    tell();
  }

  return {
    list: async () => (await (await shelf).all()).sort((a, b) => b.changedAt - a.changedAt),
    get: async (id) => (await shelf).get(id),
    put: (conversation) => change((kept) => kept.put(conversation)),
    delete: (id) => change((kept) => kept.delete(id)),
    onChange: (listener) => void listeners.push(listener),
  };
}
