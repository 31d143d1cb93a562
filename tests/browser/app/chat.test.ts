/** What the conversation asks of the model, and how an answer looks while it is said. On the page's own elements. */
import { beforeEach, describe, expect, it } from "vitest";
import html from "../../../index.html?raw";
import { type Chat, mountChat } from "../../../src/app/chat/chat.ts";
import { RunView } from "../../../src/app/chat/run-view.ts";
import { mountWorkView } from "../../../src/app/chat/work-view.ts";
import { createConversationStore } from "../../../src/app/conversations/conversation-store.ts";
import { find } from "../../../src/app/dom.ts";
import { type LogBook, openLogBook } from "../../../src/app/memory/log-book.ts";
import { mountMemorySwitches } from "../../../src/app/memory/memory-switches.ts";
import { openPageStorage } from "../../../src/app/storage/page-database.ts";
import type { Client } from "../../../src/client/connect.ts";
import type { ModelInfo } from "../../../src/engine/engine.ts";
import type { Step, Task, TaskResult } from "../../../src/runtime/events.ts";

const NAME = "chat-test";

/** Tasks that came to the client, in order. */
let tasks: Task[];
let client: Client;

beforeEach(() => {
  document.body.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  tasks = [];
  // What these views use of it.
  client = {
    async ask(task: Task) {
      tasks.push(task);
      return resultOf(task, `Answer to ${task.question}`);
    },
    listLogs: async () => [],
    bankStats: async () => ({ logs: 0, sliceBytes: 0, rows: 0 }),
    onBankChange: () => {},
  } satisfies Partial<Client> as unknown as Client;
});

function resultOf({ question }: Task, answer: string): TaskResult {
  const timings = { retrieve: 0, prepare: 0, prefix: 0, firstToken: 1, generate: 2 };
  const step: Step = {
    number: 1,
    query: question,
    response: answer,
    action: { type: "answer", text: answer },
    logs: [],
    documents: [],
    leftOut: { logs: [], documents: [] },
    prefixRows: 0,
    promptTokens: 1,
    newTokens: 1,
    timings,
  };
  return {
    question,
    answer,
    outcome: "answered",
    mode: "kv",
    placement: "front",
    recording: "re-encode",
    backend: "wasm",
    steps: [step],
    responses: [answer],
    logs: [],
    notices: [],
    logId: null,
    timings: { ...timings, total: 3, record: 0 },
  };
}

const theBook = (): LogBook => openLogBook(client, () => {});

function openChat(): Chat {
  const shelf = openPageStorage(NAME).then(({ conversations }) => conversations);
  return mountChat({
    client,
    store: createConversationStore(shelf, NAME),
    book: theBook(),
    work: mountWorkView(),
    switches: mountMemorySwitches(`${NAME}-memory`),
    documents: () => false,
    onAnswer: () => {},
    notice: (text) => {
      throw new Error(text);
    },
  });
}

describe("earlier turns", () => {
  const ask = (chat: Chat, question: string) =>
    chat.ask({ task: { question }, compare: false, memory: true }, new AbortController().signal);
  const turn = (question: string) => ({ question, answer: `Answer to ${question}` });

  it("come with a question for a model that can read them, of this conversation only", async () => {
    const chat = openChat();
    chat.setModel(Promise.resolve({ instruction: "full" } as ModelInfo));
    for (const question of ["One?", "Two?", "Three?"]) await ask(chat, question);
    chat.openNew(false);
    await ask(chat, "Four?");
    expect(tasks.map(({ turns }) => turns)).toEqual([
      undefined,
      [turn("One?")],
      [turn("One?"), turn("Two?")],
      undefined,
    ]);
  });

  it("do not for the embedded one, which was trained on single questions", async () => {
    const chat = openChat();
    chat.setModel(Promise.resolve({ instruction: "short" } as ModelInfo));
    for (const question of ["One?", "Two?"]) await ask(chat, question);
    expect(tasks.map(({ turns }) => turns)).toEqual([undefined, undefined]);
  });
});

describe("a question that runs", () => {
  const buttons = () => [...document.querySelectorAll<HTMLButtonElement>(".turn-retry, .turn-edit")];

  it("lets no turn be asked anew meanwhile, here or in a conversation opened since, and is found again", async () => {
    const chat = openChat();
    const ask = (question: string) =>
      chat.ask({ task: { question }, compare: false, memory: true }, new AbortController().signal);
    await ask("One?");
    const first = chat.openId!;
    chat.openNew(false);
    await ask("Two?");
    const { ask: answer } = client;
    let goOn = () => {};
    const held = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    client.ask = (...asked) => held.then(() => answer(...asked));
    const running = ask("Three?");
    const second = chat.openId!;
    expect(buttons().map(({ disabled }) => disabled)).toEqual([true, true]);
    await chat.open(first);
    expect(buttons().map(({ disabled }) => disabled)).toEqual([true, true]);
    await chat.open(second);
    expect(document.querySelectorAll(".turn")).toHaveLength(2);
    expect(document.querySelector(".turn:last-child .turn-answer:not([hidden])")).toBeNull();
    goOn();
    await running;
    expect(find(".turn:last-child .turn-answer").textContent!.trim()).toBe("Answer to Three?");
    expect(buttons().map(({ disabled }) => disabled)).toEqual([false, false, false, false]);
  });
});

describe("an answer that is said", () => {
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const say = (run: RunView, text: string) => run.onEvent({ type: "text-delta", step: 1, text });

  it("grows as Markdown, what stands there stays where it is, and the end is exact", async () => {
    const task: Task = { question: "Who?", kind: "chat" };
    const run = new RunView(task, theBook());
    find("#turns").append(run.root);
    const answer = find(".turn-answer", run.root);
    run.begin();
    expect(answer.hidden).toBe(true);

    say(run, "She made *The ");
    say(run, "Lamp*.");
    await frame();
    expect(answer.hidden).toBe(false);
    expect(answer.innerHTML.trim()).toBe("<p>She made <em>The Lamp</em>.</p>");
    const topOf = (selector: string) => find(selector).getBoundingClientRect().top;
    /** Of its first paragraph, within the page, however far that is scrolled. */
    const place = () => topOf(".turn-answer p") - topOf("#turns");
    const top = place();

    let before = answer.textContent!.trim();
    for (const text of ["\n\nThen:\n\n- **On", "e**\n- Tw", "o\n"]) {
      say(run, text);
      await frame();
      const now = answer.textContent!.trim();
      expect(now.length).toBeGreaterThan(before.length);
      expect(now.startsWith("She made The Lamp.")).toBe(true);
      expect(place()).toBe(top);
      before = now;
    }
    expect([...answer.querySelectorAll("li")].map(({ innerHTML }) => innerHTML.trim())).toEqual([
      "<strong>One</strong>",
      "Two",
    ]);

    const said = "She made *The Lamp*.\n\nThen:\n\n- **One**\n- Two\n- `Three`";
    run.finished(resultOf(task, said));
    expect(answer.querySelectorAll("li")).toHaveLength(3);
    expect(answer.querySelector("li:last-child code")!.textContent).toBe("Three");
    expect(place()).toBe(top);
  });

  it("is made anew once a frame, however fast it comes, and not at all after its end", async () => {
    const task: Task = { question: "Who?", kind: "chat" };
    const run = new RunView(task, theBook());
    find("#turns").append(run.root);
    const answer = find(".turn-answer", run.root);
    let made = 0;
    const observer = new MutationObserver((records) => {
      made += records.filter(({ addedNodes }) => addedNodes.length > 0).length;
    });
    observer.observe(answer, { childList: true });
    run.begin();
    for (const letter of "Ada Mora") say(run, letter);
    await frame();
    expect(made).toBe(1);
    say(run, ", b");
    run.finished(resultOf(task, "Ada Mora, born in Velin."));
    await frame();
    observer.disconnect();
    expect(made).toBe(2);
    expect(answer.textContent!.trim()).toBe("Ada Mora, born in Velin.");
  });
});
