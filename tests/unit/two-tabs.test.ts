/** One conversation, open in two tabs: what each of them changes is kept. */
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { type Conversation, merged, type Turn, withNews } from "../../src/app/conversations/conversation.ts";
import {
  type ConversationStore,
  createConversationStore,
} from "../../src/app/conversations/conversation-store.ts";
import { openPageStorage } from "../../src/app/storage/page-database.ts";
import type { TaskResult } from "../../src/runtime/events.ts";

const asked = (id: string): Turn => ({ id, task: { question: `${id}?` }, end: { type: "stopped" } });
const answered = (id: string, answer = "Velin"): Turn => ({
  ...asked(id),
  end: { type: "answered", result: { answer, logId: null } as unknown as TaskResult },
});
const conversation = (turns: readonly Turn[], title = "Films"): Conversation => ({
  id: "c",
  title,
  changedAt: 1,
  memory: true,
  turns,
});
const ids = (of: Conversation | undefined) => of?.turns.map(({ id }) => id);

let banks = 0;
let tabs: ConversationStore[];
const [FIRST, SECOND] = [answered("first"), answered("second")];
const BASE = conversation([FIRST, SECOND]);

beforeEach(async () => {
  const name = `two-tabs-${banks++}`;
  tabs = [0, 1].map(() =>
    createConversationStore(
      openPageStorage(name).then(({ conversations }) => conversations),
      name,
    ),
  );
  await tabs[0]!.update("c", () => BASE);
});

/** Both tabs opened BASE; this one keeps what it made of it. */
const keep = (tab: number, mine: Conversation, base = BASE) =>
  tabs[tab]!.update("c", (theirs) => (theirs ? merged(base, mine, theirs) : undefined));
const kept = () => tabs[0]!.get("c");

describe("two tabs on one conversation", () => {
  it("both ask at once: both turns are kept, in the order in which they came", async () => {
    await Promise.all([
      keep(0, conversation([FIRST, SECOND, asked("here")])),
      keep(1, conversation([FIRST, SECOND, asked("there")])),
    ]);
    expect(ids(await kept())).toEqual(["first", "second", "here", "there"]);
    const base = conversation([FIRST, SECOND, asked("here")]);
    await keep(0, { ...base, turns: [FIRST, SECOND, answered("here")] }, base);
    const now = await kept();
    expect(ids(now)).toEqual(["first", "second", "here", "there"]);
    expect(now!.turns.map(({ end }) => end.type)).toEqual(["answered", "answered", "answered", "stopped"]);
  });

  it("a turn that one dropped stays dropped when the other answers it anew, and its own later one stays", async () => {
    await keep(0, conversation([FIRST, asked("edited")]));
    await keep(1, conversation([FIRST, answered("second", "Torvessa"), asked("later")]));
    expect(ids(await kept())).toEqual(["first", "edited", "later"]);
  });

  it("answered anew in one, it is not put back by the other, which asks something else", async () => {
    const again = answered("second", "Torvessa");
    await keep(0, conversation([FIRST, again]));
    await keep(1, conversation([FIRST, SECOND, asked("third")]));
    expect((await kept())!.turns).toEqual([FIRST, again, asked("third")]);
  });

  it("renamed in one, it keeps that name; memory switched off in the other, it stays off", async () => {
    await keep(0, conversation([FIRST, SECOND], "Directors"));
    await keep(1, { ...conversation([FIRST, SECOND]), memory: false });
    expect(await kept()).toMatchObject({ title: "Directors", memory: false });
  });

  it("deleted in one, it is not brought back by the other", async () => {
    await tabs[0]!.delete("c");
    expect(await keep(1, conversation([FIRST, SECOND, asked("third")]))).toBeUndefined();
    expect(await kept()).toBeUndefined();
  });

  it("what the other tab added or ended comes last, or in its place; what is dropped there stays in sight", () => {
    const theirs = conversation([FIRST, answered("mine"), asked("theirs")], "Directors");
    const mine = conversation([FIRST, SECOND, asked("mine")]);
    expect(withNews(mine, theirs)).toEqual(
      conversation([FIRST, SECOND, answered("mine"), asked("theirs")], "Directors"),
    );
    expect(withNews(mine, mine)).toEqual(mine);
  });
});
