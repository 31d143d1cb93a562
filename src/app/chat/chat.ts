/**
 * The chat: what is asked becomes a turn of the open conversation, is run, and kept; what can be done with a turn that has
 * ended is done here. A conversation that runs goes on when another one is opened.
 */
import type { Client } from "../../client/connect.ts";
import type { ModelInfo } from "../../engine/engine.ts";
import type { Task, TaskResult } from "../../runtime/events.ts";
import type { Turn } from "../conversations/conversation.ts";
import type { ConversationStore } from "../conversations/conversation-store.ts";
import type { ExampleQuestion } from "../documents/corpora.ts";
import { clone, find } from "../dom.ts";
import type { LogBook } from "../memory/log-book.ts";
import type { MemorySwitches } from "../memory/memory-switches.ts";
import { texts } from "../texts/texts.ts";
import type { Asked } from "./ask-view.ts";
import { followEnd } from "./follow-end.ts";
import { mountOpenConversation, type Open } from "./open-conversation.ts";
import { turnRunner } from "./turn-runner.ts";
import { TurnView } from "./turn-view.ts";
import type { WorkView } from "./work-view.ts";

export interface ChatParts {
  readonly client: Client;
  readonly store: ConversationStore;
  readonly book: LogBook;
  readonly work: WorkView;
  readonly switches: MemorySwitches;
  /** Whether documents are in use. */
  readonly documents: () => boolean;
  readonly onAnswer: (result: TaskResult) => void;
  readonly notice: (text: string) => void;
}

export interface Chat {
  ask(asked: Asked, signal: AbortSignal): Promise<void>;
  /** Shows questions to begin with; `submit` asks one. */
  offer(examples: readonly ExampleQuestion[], submit: (question: string) => void): void;
  /** Hands a question that is to be edited to the question box. */
  onEdit(edit: (question: string) => void): void;
  /** The question that is edited stays as it is. */
  giveUpEdit(): void;
  /** The model that answers, once it is there. */
  setModel(model: Promise<ModelInfo>): void;
  /** An id that is not kept, or null, is a new conversation. */
  open(id: string | null): Promise<void>;
  openNew(incognito: boolean): void;
  /** Id of the open conversation where it is kept. */
  readonly openId: string | null;
  onOpen(listener: () => void): void;
}

export function mountChat(parts: ChatParts): Chat {
  const { client, store, book, work, switches, notice } = parts;
  const place = find("#turns");
  const runner = turnRunner(client, parts.onAnswer);
  let examples: readonly ExampleQuestion[] = [];
  let submit: (question: string) => void = () => {};
  let edit: (question: string) => void = () => {};
  let running: Open | undefined;
  const conversation = mountOpenConversation({
    store,
    book,
    switches,
    offer: offerFor,
    running: () => running,
    notice,
  });

  function taskOf({ task, memory }: Asked, open: Open): Task {
    const allowed = memory && switches.all && open.conversation.memory;
    return {
      ...task,
      kind: parts.documents() ? "knowledge" : "chat",
      ...(!allowed && { mode: "none", recording: "re-encode", record: false }),
      ...(open.incognito && { record: false }),
    };
  }

  /** One announcement at the end, not one a token. */
  async function busy(open: Open, act: () => Promise<void>): Promise<void> {
    place.setAttribute("aria-busy", "true");
    running = open;
    for (const view of open.views) view.allowActions(false);
    try {
      await act();
    } finally {
      running = undefined;
      place.removeAttribute("aria-busy");
      for (const { views } of [open, conversation.shown]) for (const view of views) view.allowActions(true);
      void conversation.catchUp();
    }
  }

  /** Puts the end of a turn into its conversation, and offers what comes next. */
  async function settle(open: Open, turn: Turn, view: TurnView): Promise<void> {
    followEnd(() => offerFor(open, turn, view));
    await conversation.save(
      open,
      open.conversation.turns.map((other) => (other.id === turn.id ? turn : other)),
    );
  }

  function offerFor(open: Open, turn: Turn, view: TurnView): void {
    view.offer(turn, {
      retry: () => void work.begin((signal) => retry(open, turn.id, signal)),
      compare: () => void work.begin((signal) => compareLater(open, turn.id, signal)),
      edit: () => {
        open.edited = turn.id;
        edit(turn.task.question);
      },
    });
    const example = examples.find(({ question }) => question === turn.task.question);
    if (example && turn.end.type === "answered") view.offerRewording(example.rewording, submit);
    if (running) view.allowActions(false);
  }

  function turnOf(open: Open, id: string) {
    const at = open.conversation.turns.findIndex((turn) => turn.id === id);
    const turn = open.conversation.turns[at]!;
    return { turn, view: open.views[at]!, before: open.conversation.turns.slice(0, at) };
  }

  /**
   * The new answer takes the old one's place, and its log that of the old log; stopped, the old ones stay. Memory that
   * was switched off since, and documents that were chosen since, count.
   */
  async function retry(open: Open, id: string, signal: AbortSignal): Promise<void> {
    const { turn, view, before } = turnOf(open, id);
    const old = turn.end.type === "answered" ? turn.end.result.logId : null;
    const asked = taskOf({ task: turn.task, compare: false, memory: true }, open);
    const leavesLog = asked.record !== false;
    const task: Task = { ...asked, ...(old !== null && leavesLog && { replaces: old }) };
    view.withdraw();
    await busy(open, async () => {
      const end = await runner.run({ view, task, before }, false, signal);
      if (end.type !== "answered" && turn.end.type === "answered") {
        view.was(turn);
        notice(end.type === "failed" ? end.message : texts.turn.stoppedKeepsOld);
        followEnd(() => offerFor(open, turn, view));
        return;
      }
      if (end.type === "answered" && old !== null && !leavesLog) await book.remove([old]);
      await settle(open, { ...turn, task: asked, end }, view);
    });
  }

  async function compareLater(open: Open, id: string, signal: AbortSignal): Promise<void> {
    const { turn, view, before } = turnOf(open, id);
    if (turn.end.type !== "answered") return;
    const { result } = turn.end;
    view.withdraw();
    await busy(open, async () => {
      const end = await runner.runBeside({ view, task: turn.task, before }, result, signal);
      if (end.type === "answered" && end.without) await settle(open, { ...turn, end }, view);
      else offerFor(open, turn, view);
    });
  }

  return {
    async ask(asked, signal) {
      const open = conversation.shown;
      const { edited } = open;
      open.edited = undefined;
      find("#welcome").hidden = true;
      const task = taskOf(asked, open);
      const turn: Turn = { id: crypto.randomUUID(), task, end: { type: "stopped" } };
      const view = new TurnView(task.question, book);
      await busy(open, async () => {
        if (edited !== undefined) await conversation.dropFrom(open, edited);
        const before = open.conversation.turns;
        conversation.append(open, view);
        view.root.scrollIntoView({ block: "start" });
        const compare = asked.compare && task.mode !== "none";
        const ended = runner.run({ view, task, before }, compare, signal);
        // Kept from its beginning: a page that is closed meanwhile still knows the question.
        await conversation.save(open, [...before, turn]);
        await settle(open, { ...turn, end: await ended }, view);
      });
    },
    offer(given, ask) {
      examples = given;
      submit = ask;
      find("#examples").replaceChildren(
        ...given.slice(0, EXAMPLES_SHOWN).map(({ question }) => {
          const item = clone("example-template");
          const button = find(".example", item);
          button.textContent = question;
          button.addEventListener("click", () => ask(question));
          return item;
        }),
      );
    },
    onEdit(hand) {
      edit = hand;
    },
    giveUpEdit() {
      conversation.shown.edited = undefined;
    },
    setModel: runner.setModel,
    open: conversation.open,
    openNew: conversation.openNew,
    get openId() {
      const { conversation: shown, incognito } = conversation.shown;
      return incognito || shown.turns.length === 0 ? null : shown.id;
    },
    onOpen: conversation.onOpen,
  };
}

/** With the question box on one screen. */
const EXAMPLES_SHOWN = 3;
