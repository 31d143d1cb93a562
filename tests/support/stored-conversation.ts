/** A conversation as the page keeps it, put where the page reads it: it looks the same whatever the model says. */
import type { Page } from "playwright";
import type { Conversation, Turn } from "../../src/app/conversations/conversation.ts";
import type { Step, UsedLog } from "../../src/runtime/events.ts";

const FIRST = "Where was the director of film The Salt Orchard born?";
const AGAIN = "What is the place of birth of the person who directed The Salt Orchard?";
const LOG: UsedLog = { id: "gone", question: FIRST, similarity: 0.81, steps: 2, rows: 42 };

const SAID = "Ilvana Krest was born in Torvessa. <ans> Torvessa </ans>";

const STEP: Step = {
  number: 1,
  query: AGAIN,
  response: SAID,
  action: { type: "answer", text: "Torvessa" },
  logs: [LOG],
  documents: ["The Salt Orchard", "Ilvana Krest"],
  leftOut: { logs: [], documents: [] },
  prefixRows: LOG.rows,
  promptTokens: 187,
  newTokens: 41,
  timings: { retrieve: 2, prepare: 0, prefix: 3, firstToken: 120, generate: 840 },
};

const TURN: Turn = {
  id: "again",
  task: { question: AGAIN, kind: "knowledge", mode: "kv" },
  end: {
    type: "answered",
    result: {
      question: AGAIN,
      answer: "Torvessa",
      outcome: "answered",
      mode: "kv",
      placement: "front",
      recording: "re-encode",
      backend: "wasm",
      steps: [STEP],
      responses: [SAID],
      logs: [LOG],
      notices: [],
      logId: "its-own",
      timings: { ...STEP.timings, total: 900, record: 50 },
    },
  },
};

/** One turn, answered in one step from the log of an earlier one. */
function conversation(): Conversation {
  return {
    id: "stored",
    title: AGAIN,
    changedAt: Date.now(),
    memory: true,
    turns: [TURN],
  };
}

/** Puts a conversation there, or clears all, as another tab would: the page hears of it. */
async function change(page: Page, kept: Conversation | null): Promise<void> {
  await page.evaluate(async (value) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open("web-lag-page");
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
    const transaction = database.transaction("conversations", "readwrite");
    const store = transaction.objectStore("conversations");
    if (value) store.put(value);
    else store.clear();
    await new Promise((resolve) => {
      transaction.oncomplete = resolve;
    });
    database.close();
    const channel = new BroadcastChannel("web-lag-conversations");
    channel.postMessage(null);
    channel.close();
  }, kept);
}

/** Returns what is kept now. */
export async function keepConversation(page: Page): Promise<Conversation> {
  const kept = conversation();
  await change(page, kept);
  return kept;
}

export function forgetConversations(page: Page): Promise<void> {
  return change(page, null);
}
