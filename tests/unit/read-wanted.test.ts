/** What is wanted of the report's form → questions, documents and design; what would not be read is refused. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readWanted } from "../../src/app/report/read-wanted.ts";
import type { Wanted } from "../../src/app/report/report-form.ts";

const fixture = (name: string) =>
  new File([readFileSync(new URL(`../fixtures/datasets/${name}`, import.meta.url))], name);
const corpus = (text: string) => new File([text], "corpus.jsonl");

const wanted = (questions: string, more: Partial<Wanted> = {}): Wanted => ({
  questions: fixture(questions),
  seen: fixture(questions),
  documents: null,
  split: { unseenShare: 0.3, seed: 5 },
  limit: 1,
  seenLimit: 2,
  modes: ["kv"],
  layout: { placement: "front", recording: "re-encode" },
  again: false,
  askSeen: true,
  oracle: false,
  bankSizes: [0],
  ks: [1],
  growing: true,
  ...more,
});

describe("readWanted", () => {
  it("the paper's limits of the form, and what was chosen", async () => {
    const { data, design } = await readWanted(wanted("gpqa.json"));
    expect([data.seen.length, data.asked.unseen.length, data.source]).toEqual([2, 1, "none"]);
    expect(design).toMatchObject({
      banks: ["static", "dynamic"],
      parts: ["unseen", "seen"],
      limits: { kind: "reasoning", maxSteps: 3, logsPerStep: 3, documentsPerStep: 0 },
      seed: 5,
    });
    const { design: plain } = await readWanted(wanted("musique.json", { growing: false, askSeen: false }));
    expect(plain).toMatchObject({
      banks: ["static"],
      parts: ["unseen"],
      limits: { kind: "knowledge", maxSteps: 8, logsPerStep: 3, documentsPerStep: 2 },
    });
  });

  it("documents: a corpus by its lines, a documents file by its keys", async () => {
    const lines = await readWanted(
      wanted("two-wiki.json", { documents: corpus('{"title":"A","text":"a"}') }),
    );
    expect(lines.data).toMatchObject({ source: "a corpus file", corpora: { unseen: [{ title: "A" }] } });
    const keyed = await readWanted(
      wanted("two-wiki.json", { documents: fixture("two-wiki-documents.json") }),
    );
    expect(keyed.data.source).toBe("a documents file");
  });

  it.each([
    [
      "documents that no question would see",
      "gpqa.json",
      corpus('{"title":"A","text":"a"}'),
      "corpus.jsonl would not be read: GPQA questions are asked without documents",
    ],
    ["a corpus without a document", "two-wiki.json", corpus("\n"), "corpus.jsonl holds no document"],
    [
      "a truncated corpus",
      "two-wiki.json",
      corpus('{"title":"A","text":"a"}\n{"title":"B","te'),
      "corpus.jsonl: Line 2 ",
    ],
  ])("refuses %s", async (_, questions, documents, message) => {
    const refused = () => readWanted(wanted(questions, { documents }));
    await expect(refused()).rejects.toThrow(expect.objectContaining({ name: "InputError" }));
    await expect(refused()).rejects.toThrow(message);
  });
});
