/** What the page shows of models that think, and of those whose rows cannot be carried. */
import { beforeEach, describe, expect, it } from "vitest";
import html from "../../../index.html?raw";
import { type Asked, mountAskView } from "../../../src/app/chat/ask-view.ts";
import { StepView } from "../../../src/app/chat/step-view.ts";
import { mountWorkView } from "../../../src/app/chat/work-view.ts";
import type { Step } from "../../../src/runtime/events.ts";
import { MODES, unitOf } from "../../../src/terms/log.ts";

beforeEach(() => {
  document.body.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
});

describe("a step of a model that thinks", () => {
  const THOUGHTS = "<think>\nShe was born in Velin.\n</think>\n\n";
  const ANSWER = "<ans> Velin </ans>";
  const ended = (response: string) =>
    ({
      ...{ number: 1, query: "q", response, thoughts: THOUGHTS, action: { type: "answer", text: "Velin" } },
      ...{ logs: [], documents: [], prefixRows: 0, promptTokens: 1, newTokens: 1 },
      timings: { retrieve: 0, prepare: 0, prefix: 0, firstToken: 0, generate: 0 },
    }) as unknown as Step;
  const open = () => new StepView(1, "q", "q", "row");
  const thoughtsOf = ({ root }: StepView) => root.querySelector<HTMLDetailsElement>(".step-thoughts")!;
  const responseOf = ({ root }: StepView) => root.querySelector(".step-response")!.textContent!.trim();

  it("has its thoughts folded away, apart from what it says, while they come and afterwards", () => {
    const step = open();
    expect(thoughtsOf(step).hidden).toBe(true);
    step.thinks("<think>\nShe was");
    expect(thoughtsOf(step)).toMatchObject({ hidden: false, open: false });
    expect(thoughtsOf(step).querySelector("p")!.textContent).toBe("She was");
    expect(responseOf(step)).toBe("");
    step.said(ANSWER);
    expect(responseOf(step)).toMatch(/Velin$/);
    expect(responseOf(step)).not.toMatch(/She was/);
  });

  it.each([
    ["dropped", ANSWER],
    ["kept in the trace", THOUGHTS + ANSWER],
  ])("shows them once where they were %s", (_, response) => {
    const step = open();
    step.was(ended(response));
    expect(thoughtsOf(step).querySelector("p")!.textContent).toBe("She was born in Velin.");
    expect(responseOf(step)).toMatch(/Velin$/);
    expect(responseOf(step)).not.toMatch(/She was|think/);
  });
});

describe("modes of a model without rows", () => {
  const radio = (mode: string) =>
    document.querySelector<HTMLInputElement>(`input[name=mode][value=${mode}]`)!;
  const live = () => document.querySelector<HTMLInputElement>("input[name=recording][value=live]")!;

  it("that need rows cannot be chosen, and the reason stands there; another model has them again", () => {
    const asked: Asked[] = [];
    const view = mountAskView({
      work: mountWorkView(),
      ask: async (one) => void asked.push(one),
      remembers: () => true,
      hints: () => [],
      onEditEnd: () => {},
    });
    radio("kv-all").checked = true;
    view.setNoRows("sliding-window attention");
    for (const mode of MODES) expect(radio(mode).disabled).toBe(unitOf(mode) === "row");
    expect(radio("text-all").checked).toBe(true);
    expect(live().disabled).toBe(true);
    expect(document.querySelector("#mode-hint")!.textContent).toMatch(
      /it is or has sliding-window attention/,
    );
    view.submit("Who?");
    expect(asked[0]!.task).toMatchObject({ mode: "text-all", recording: "re-encode" });

    view.setNoRows(undefined);
    expect(MODES.some((mode) => radio(mode).disabled)).toBe(false);
    expect(live().disabled).toBe(false);
    expect(document.querySelector("#mode-hint")!.textContent).not.toMatch(/sliding/);
  });
});
