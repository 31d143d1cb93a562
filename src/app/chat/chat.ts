/**
 * The conversation that is open: asks questions through the client, shows them as they go, and keeps each turn. A
 * conversation that runs goes on when another one is opened.
 */
import type { Client } from "../../client/connect.ts";
import type { ModelInfo } from "../../engine/engine.ts";
import type { LagEvent, Task, TaskResult } from "../../runtime/events.ts";
import { isNamed, messageOf, throwIfAborted } from "../../terms/errors.ts";
import {
  type Conversation,
  logsOf,
  merged,
  type Turn,
  type TurnEnd,
  titleFrom,
  turnsForPrompt,
  withNews,
} from "../conversations/conversation.ts";
import type { ConversationStore } from "../conversations/conversation-store.ts";
import type { ExampleQuestion } from "../documents/corpora.ts";
import { clone, find } from "../dom.ts";
import type { LogBook } from "../memory/log-book.ts";
import type { MemorySwitches } from "../memory/memory-switches.ts";
import { texts } from "../texts/texts.ts";
import type { Asked } from "./ask-view.ts";
import { withoutMemory } from "./comparison.ts";
import type { RunView } from "./run-view.ts";
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

/** A conversation and how it stands on the page. */
interface Open {
  conversation: Conversation;
  readonly incognito: boolean;
  /** What it was when it was last stored; if that is not there any more, it was deleted, and stays so. */
  base: Conversation | undefined;
  /** Beside `conversation.turns`. */
  views: TurnView[];
}

export function mountChat(parts: ChatParts): Chat {
  const { client, store, book, work, switches, notice } = parts;
  const place = find("#turns");
  const head = find(".chat-head");
  const listeners: (() => void)[] = [];
  let examples: readonly ExampleQuestion[] = [];
  let submit: (question: string) => void = () => {};
  let edit: (question: string) => void = () => {};
  let model: Promise<ModelInfo> | undefined;
  let shown = fresh(false);
  let running: Open | undefined;
  let editing: { readonly of: Open; readonly turn: string } | undefined;

  /** Follows what grows at the end, unless the person has scrolled away from it. */
  function follow(change: () => void): void {
    const page = document.documentElement;
    const atEnd = page.scrollHeight - page.scrollTop - page.clientHeight < 120;
    change();
    // At once: while a smooth scroll is under way the end is far, and the next change would not be followed.
    if (atEnd) page.scrollTo({ top: page.scrollHeight, behavior: "instant" });
  }

  function show(open: Open): void {
    shown = open;
    editing = undefined;
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

  function taskOf({ task, memory }: Asked, open: Open): Task {
    const allowed = memory && switches.all && open.conversation.memory;
    return {
      ...task,
      kind: parts.documents() ? "knowledge" : "chat",
      ...(!allowed && { mode: "none", recording: "re-encode", record: false }),
      ...(open.incognito && { record: false }),
    };
  }

  /** Earlier turns, for a model that can read them: the embedded one was trained on single questions. */
  async function withTurns(task: Task, before: readonly Turn[], signal: AbortSignal): Promise<Task> {
    const turns = turnsForPrompt(before);
    if (turns.length === 0 || !model) return task;
    const stopped = new Promise<undefined>((resolve) => {
      signal.addEventListener("abort", () => resolve(undefined), { once: true });
    });
    const info = await Promise.race([model.catch(() => undefined), stopped]);
    return info === undefined || info.instruction === "short" ? task : { ...task, turns };
  }

  /** Never rejects. */
  async function runOne(
    run: RunView,
    task: Task,
    before: readonly Turn[],
    signal: AbortSignal,
  ): Promise<TurnEnd> {
    run.begin();
    try {
      throwIfAborted(signal);
      const onEvent = (event: LagEvent) => follow(() => run.onEvent(event));
      const result = await client.ask(await withTurns(task, before, signal), { signal, onEvent });
      follow(() => run.finished(result));
      parts.onAnswer(result);
      return { type: "answered", result };
    } catch (error) {
      if (isNamed(error, "AbortError")) return { type: "stopped" };
      return { type: "failed", message: messageOf(error) };
    }
  }

  /** Runs one after the other: there is one model. One announcement at the end, not one a token. */
  async function busy(open: Open, work: () => Promise<void>): Promise<void> {
    place.setAttribute("aria-busy", "true");
    running = open;
    allowActions(false);
    try {
      await work();
    } finally {
      running = undefined;
      place.removeAttribute("aria-busy");
      allowActions(true);
      void catchUp();
    }
  }

  function allowActions(are: boolean): void {
    for (const button of place.querySelectorAll<HTMLButtonElement>(
      ".turn-retry, .turn-edit, .turn-compare, .turn-offers button",
    ))
      button.disabled = !are;
  }

  function tellEnd(run: RunView, end: TurnEnd): void {
    if (end.type === "failed") follow(() => run.failed(end.message));
    if (end.type === "stopped")
      follow(() => run.stopped((run.task.record ?? true) ? texts.turn.stoppedNoLog : texts.turn.stopped));
  }

  /** Runs a task, and beside it the same without memory. */
  async function runTurn(
    {
      view,
      task,
      compare,
      before,
    }: { view: TurnView; task: Task; compare: boolean; before: readonly Turn[] },
    signal: AbortSignal,
  ): Promise<TurnEnd> {
    const first = view.run(task);
    const second = compare ? view.runBeside(withoutMemory(task)) : undefined;
    const end = await runOne(first, task, before, signal);
    tellEnd(first, end);
    if (!second) return end;
    const beside = await runOne(second, second.task, before, signal);
    tellEnd(second, beside);
    if (end.type !== "answered" || beside.type !== "answered") return end;
    follow(() => view.compare(end.result, beside.result));
    return { ...end, without: beside.result };
  }

  /** Puts the end of a turn into the conversation, and offers what comes next. */
  async function settle(open: Open, turn: Turn, view: TurnView): Promise<void> {
    follow(() => offerFor(open, turn, view));
    await save(
      open,
      open.conversation.turns.map((other) => (other.id === turn.id ? turn : other)),
    );
  }

  function offerFor(open: Open, turn: Turn, view: TurnView): void {
    view.offer(turn, {
      retry: () => void work.begin((signal) => retry(open, turn.id, signal)),
      compare: () => void work.begin((signal) => compareLater(open, turn.id, signal)),
      edit: () => {
        editing = { of: open, turn: turn.id };
        edit(turn.task.question);
      },
    });
    const example = examples.find(({ question }) => question === turn.task.question);
    if (example && turn.end.type === "answered") view.offerRewording(example.rewording, submit);
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
      const end = await runTurn({ view, task, compare: false, before }, signal);
      if (end.type !== "answered" && turn.end.type === "answered") {
        view.was(turn);
        notice(end.type === "failed" ? end.message : texts.turn.stoppedKeepsOld);
        follow(() => offerFor(open, turn, view));
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
      const second = view.runBeside(withoutMemory(turn.task));
      const end = await runOne(second, second.task, before, signal);
      tellEnd(second, end);
      if (end.type !== "answered") {
        offerFor(open, turn, view);
        return;
      }
      follow(() => view.compare(result, end.result));
      await settle(open, { ...turn, end: { type: "answered", result, without: end.result } }, view);
    });
  }

  /** Shows what another tab has changed of the open conversation; while it runs here, afterwards. */
  async function catchUp(): Promise<void> {
    const open = shown;
    const kept = await store.get(open.conversation.id).catch(() => undefined);
    if (!kept || !open.base || open !== shown || open === running) return;
    const before = open.conversation.turns;
    open.base = withNews(open.base, kept);
    open.conversation = withNews(open.conversation, kept);
    find(".chat-title", head).textContent = kept.title;
    open.conversation.turns.forEach((turn, at) => {
      if (turn === before[at]) return;
      const view = open.views[at] ?? new TurnView(turn.task.question, book);
      view.was(turn);
      offerFor(open, turn, view);
      if (open.views[at]) return;
      open.views.push(view);
      place.append(view.root);
    });
    if (running) allowActions(false);
  }

  /** Turns from this one on are dropped, and the logs that they left. */
  async function dropFrom(open: Open, id: string): Promise<void> {
    const { turns } = open.conversation;
    const at = turns.findIndex((turn) => turn.id === id);
    for (const view of open.views.splice(at)) view.root.remove();
    await book.remove(logsOf(turns.slice(at)));
    open.conversation = { ...open.conversation, turns: turns.slice(0, at) };
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
    async ask(asked, signal) {
      const open = shown;
      const edited = editing?.of === open ? editing.turn : undefined;
      editing = undefined;
      find("#welcome").hidden = true;
      const task = taskOf(asked, open);
      const turn: Turn = { id: crypto.randomUUID(), task, end: { type: "stopped" } };
      const view = new TurnView(task.question, book);
      await busy(open, async () => {
        if (edited) await dropFrom(open, edited);
        const before = open.conversation.turns;
        open.views.push(view);
        if (open === shown) place.append(view.root);
        view.root.scrollIntoView({ block: "start" });
        const compare = asked.compare && task.mode !== "none";
        const ended = runTurn({ view, task, compare, before }, signal);
        // Kept from its beginning: a page that is closed meanwhile still knows the question.
        await save(open, [...before, turn]);
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
      editing = undefined;
    },
    setModel(given) {
      given.catch(() => {}); // the page says why there is none
      model = given;
    },
    async open(id) {
      if (id === null) return show(fresh(false));
      if (running?.conversation.id === id) return show(running);
      let conversation: Conversation | undefined;
      try {
        conversation = await store.get(id);
      } catch (error) {
        notice(`${texts.conversations.notShown} ${messageOf(error)}`);
      }
      if (!conversation) {
        notice(texts.conversations.gone);
        return show(fresh(false));
      }
      const open: Open = { conversation, incognito: false, base: conversation, views: [] };
      for (const turn of conversation.turns) {
        const view = new TurnView(turn.task.question, book);
        view.was(turn);
        offerFor(open, turn, view);
        open.views.push(view);
      }
      show(open);
      if (running) allowActions(false);
    },
    openNew: (incognito) => show(fresh(incognito)),
    get openId() {
      const { conversation, incognito } = shown;
      return incognito || conversation.turns.length === 0 ? null : conversation.id;
    },
    onOpen: (listener) => void listeners.push(listener),
  };
}

/** With the question box on one screen. */
const EXAMPLES_SHOWN = 3;

function fresh(incognito: boolean): Open {
  const conversation = { id: crypto.randomUUID(), title: "", changedAt: Date.now(), memory: true, turns: [] };
  return { conversation, incognito, base: undefined, views: [] };
}
