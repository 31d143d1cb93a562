import { describe, expect, it } from "vitest";
import { readForm } from "../../src/app/report/report-form.ts";

const FILE = new File(["[]"], "questions.json");

function form(changes: Readonly<Record<string, string | File | null>> = {}): FormData {
  const given = new FormData();
  const fields = {
    questions: FILE,
    seen: new File([], ""), // what a browser gives for a field without a file
    documents: new File([], ""),
    "unseen-share": "0.3",
    seed: "1",
    limit: "20",
    "seen-limit": "50",
    modes: "kv",
    placement: "front",
    recording: "re-encode",
    "bank-sizes": "",
    ks: "",
    ...changes,
  };
  for (const [name, value] of Object.entries(fields)) if (value !== null) given.append(name, value);
  return given;
}

describe("readForm", () => {
  it("reads what is chosen, and takes empty file fields for none", () => {
    expect(readForm(form())).toEqual({
      questions: FILE,
      seen: null,
      documents: null,
      split: { unseenShare: 0.3, seed: 1 },
      limit: 20,
      seenLimit: 50,
      modes: ["kv"],
      layout: { placement: "front", recording: "re-encode" },
      again: false,
      askSeen: false,
      oracle: false,
      bankSizes: [],
      ks: [],
      growing: false,
    });
  });

  it("reads several modes in the order in which they are listed, and lists of numbers", () => {
    const given = form({ modes: "text-last", "bank-sizes": "0, 10,20", ks: "1,3", growing: "on" });
    given.append("modes", "none");
    expect(readForm(given)).toMatchObject({
      modes: ["none", "text-last"],
      bankSizes: [0, 10, 20],
      ks: [1, 3],
      growing: true,
    });
  });

  it("takes an empty file that was chosen for what it is: its reader says what is wrong", () => {
    expect(readForm(form({ documents: new File([], "docs.json") })).documents?.name).toBe("docs.json");
  });

  it.each([
    [{ questions: new File([], "") }, /No file of questions/],
    [{ modes: null }, /No mode is chosen/],
    [{ modes: "kv-none" }, /No mode is chosen/],
    [{ "unseen-share": "1" }, /Share of unseen questions is "1"/],
    [{ limit: "0" }, /Questions asked, at most: "0" is no whole number of at least 1/],
    [{ seed: "x" }, /Seed: "x"/],
    [{ "bank-sizes": "10;20" }, /Bank sizes: "10;20"/],
    [{ placement: "back" }, /Placement: choose one of front, sink-first/],
    [{ modes: "kv-all", recording: "live" }, /Mode kv-all does not read live rows\. Leave it out/],
    [{ recording: null }, /Recording: choose one of/],
    [{ ks: "0" }, /Values of k: "0"/],
  ])("refuses %o", (changes, message) => {
    expect(() => readForm(form(changes as Record<string, string>))).toThrow(message);
  });
});
