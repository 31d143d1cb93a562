/** Files → questions and documents: what a seed splits, what is withheld, which logs a question names. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadEvalData } from "../../scripts/lib/eval-data.ts";
import { readEvalOptions } from "../../scripts/lib/eval-options.ts";
import { alsoSeen } from "../../src/evaluation/also-seen.ts";
import { split } from "../../src/evaluation/split.ts";
import { dataOf, questionOf } from "../support/evaluation.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "web-lag-eval-data-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const question = (n: number, more: object = {}) => ({
  _id: `q${n}`,
  question: `Who is the father of N${n}?`,
  answer: `F${n}`,
  type: "chain",
  supporting_facts: [[`N${n}`, 0]],
  evidences: [[`N${n}`, "father", `F${n}`]],
  ...more,
});
const musique = {
  id: "2hop__1",
  question: "Who?",
  answer: "B",
  answer_aliases: [],
  question_decomposition: [{ question: "A >> father", answer: "B", document_id: "A_0" }],
};

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}
const load = (...args: string[]) => loadEvalData(readEvalOptions(args));
const idsOf = (questions: readonly { id?: string }[]) => questions.map(({ id }) => id);

describe("split", () => {
  const items = Array.from({ length: 100 }, (_, i) => i);

  test("each item in one part, in order, the share of them unseen", async () => {
    const { seen, unseen } = split(items, 0.3, 1);
    expect(unseen).toHaveLength(30);
    expect([...seen, ...unseen].toSorted((a, b) => a - b)).toEqual(items);
    for (const part of [seen, unseen]) expect(part).toEqual(part.toSorted((a, b) => a - b));
    expect(unseen).not.toEqual(items.slice(0, 30));
  });

  test("the same for a seed, another for another", async () => {
    expect(split(items, 0.3, 1)).toEqual(split(items, 0.3, 1));
    expect(split(items, 0.3, 2).unseen).not.toEqual(split(items, 0.3, 1).unseen);
  });
});

describe("--file", () => {
  test("one file is both, with the documents of both parts", async () => {
    const file = write(
      "all.json",
      Array.from({ length: 10 }, (_, n) => question(n)),
    );
    const { seen, asked, corpora, source, about } = await load(
      "--file",
      file,
      "--unseen-share",
      "0.4",
      "--seed",
      "3",
    );
    expect([seen.length, asked.unseen.length]).toEqual([6, 4]);
    expect([...idsOf(seen), ...idsOf(asked.unseen)].toSorted()).toEqual(
      Array.from({ length: 10 }, (_, n) => `q${n}`),
    );
    expect(corpora.unseen.map(({ title }) => title).toSorted()).toEqual(
      Array.from({ length: 10 }, (_, n) => `N${n}`),
    );
    expect(source).toBe("rendered from evidences");
    expect(about).toMatchObject({ dataset: file, split: { unseenShare: 0.4, seed: 3 } });
    const other = await load("--file", file, "--unseen-share", "0.4", "--seed", "4");
    expect(idsOf(other.asked.unseen)).not.toEqual(idsOf(asked.unseen));
    expect(other.fingerprints.asked.unseen).not.toBe((await load("--file", file)).fingerprints.asked.unseen);
  });

  test("a share that leaves a part empty is refused with the numbers", async () => {
    const file = write("few.json", [question(1), question(2)]);
    await expect(load("--file", file, "--unseen-share", "0.1")).rejects.toThrow(
      `${file} has 2 questions, of which an unseen share of 0.1 leaves no unseen one`,
    );
    await expect(load("--file", file, "--unseen-share", "0.9")).rejects.toThrow("leaves no seen one");
  });
});

describe("documents that are there only for a part", () => {
  const lines = [
    { title: "Always", text: "a" },
    { title: "Before", text: "b", only: "seen" },
    { title: "After", text: "c", only: "unseen" },
  ];
  const corpusOf = (...documents: object[]) =>
    write("corpus.jsonl", documents.map((document) => JSON.stringify(document)).join("\n"));

  test("each part has its own corpus, and its own fingerprint", async () => {
    const unseen = write("unseen.json", [question(1)]);
    const { corpora, fingerprints, source } = await load("--unseen", unseen, "--corpus", corpusOf(...lines));
    expect(corpora).toEqual({
      seen: [
        { title: "Always", text: "a" },
        { title: "Before", text: "b" },
      ],
      unseen: [
        { title: "Always", text: "a" },
        { title: "After", text: "c" },
      ],
    });
    expect(fingerprints.corpora.seen).not.toBe(fingerprints.corpora.unseen);
    expect(source).toBe("a corpus file");
  });

  test.each(["never", null, ["seen"]])("refuses only: %j, by file and line", async (only) => {
    const unseen = write("unseen.json", [question(1)]);
    const corpus = corpusOf(lines[0]!, { title: "B", text: "b", only });
    const refused = () => load("--unseen", unseen, "--corpus", corpus);
    await expect(refused()).rejects.toThrow(
      `${corpus}: Line 2 has "only": ${JSON.stringify(only)}, which is not one of seen, unseen`,
    );
    await expect(refused()).rejects.toThrow(expect.objectContaining({ name: "InputError" }));
  });
});

describe("--front", () => {
  const files = (front: unknown, seen = [question(1), question(2)]) => [
    "--seen",
    write("seen.json", seen),
    "--unseen",
    write("unseen.json", [question(8), question(9, front === undefined ? {} : { front })]),
  ];

  test("keeps what questions name; without it they name nothing, and neither is the other's work", async () => {
    const args = files(["q2", "q1"]);
    const named = await load(...args, "--front");
    expect(named.asked.unseen.map(({ front }) => front)).toEqual([undefined, ["q2", "q1"]]);
    const plain = await load(...args);
    expect(plain.asked.unseen.map(({ front }) => front)).toEqual([undefined, undefined]);
    expect(plain.fingerprints.asked.unseen).not.toBe(named.fingerprints.asked.unseen);
    expect(plain.fingerprints.seen).toBe(named.fingerprints.seen);
  });

  test("an id that is no seen question's is refused by file, entry and field", async () => {
    await expect(load(...files(["q1", "q7"]), "--front")).rejects.toThrow(
      /unseen\.json, line 1, entry 2, field front\[1\] is "q7", which is the _id of no question that fills the bank/,
    );
    await expect(load(...files(["q2"]), "--front", "--seen-limit", "1")).rejects.toThrow(
      /field front\[0\] is "q2"/,
    );
    await expect(load(...files(["q1"], [question(1), question(1)]), "--front")).rejects.toThrow(
      /"q1", which is the _id of 2 questions/,
    );
  });

  test("asked for where no question names any, it is refused", async () => {
    await expect(load(...files(undefined), "--front")).rejects.toThrow(/has no entry with a field "front"/);
    await expect(load(...files(["q1"]), "--front", "--limit", "1")).rejects.toThrow(
      /has no entry with a field "front"/,
    );
  });
});

describe("--parts", () => {
  const files = () => [
    "--seen",
    write(
      "seen.json",
      [1, 2, 3].map((n) => question(n, { again: `Again ${n}?`, front: ["q9"] })),
    ),
    "--unseen",
    write("unseen.json", [question(8, { again: "Again 8?" }), question(9, { again: "Again 9?" })]),
  ];

  test("seen questions are asked within both limits, without what stands in front of them", async () => {
    const { asked, seen } = await load(...files(), "--parts", "seen,unseen", "--limit", "2");
    expect(idsOf(seen)).toEqual(["q1", "q2", "q3"]);
    expect(asked.seen.map(({ id, front }) => [id, front])).toEqual([
      ["q1", undefined],
      ["q2", undefined],
    ]);
    const fewer = await load(...files(), "--parts", "seen,unseen", "--limit", "2", "--seen-limit", "1");
    expect(idsOf(fewer.asked.seen)).toEqual(["q1"]);
    expect((await load(...files())).asked.seen).toEqual([]);
  });

  test("in other words too, while the bank is filled by the words of the file", async () => {
    const { asked, seen } = await load(...files(), "--parts", "seen", "--again");
    expect(asked.seen.map((each) => each.question)).toEqual(["Again 1?", "Again 2?", "Again 3?"]);
    expect(seen[0]!.question).toBe("Who is the father of N1?");
  });
});

describe("MuSiQue", () => {
  test("documents are rendered from the decompositions, and the report is told", async () => {
    const { source, corpora } = await load("--unseen", write("m.json", [musique]));
    expect(source).toBe("rendered from decompositions");
    expect(corpora.unseen.map(({ title }) => title)).toEqual(["A"]);
  });

  test("is not mixed with 2WikiMultiHop over two files either", async () => {
    const [m, w] = [write("m.json", [musique]), write("w.json", [question(1)])];
    await expect(load("--seen", m, "--unseen", w)).rejects.toThrow(
      `${m} holds MuSiQue questions and ${w} 2WikiMultiHop ones`,
    );
  });
});

test("--again asks in other words, and names the entry that has none", async () => {
  const whole = write("whole.json", [question(1, { again: "Whose child is F1?" })]);
  expect((await load("--unseen", whole, "--again")).asked.unseen[0]!.question).toBe("Whose child is F1?");
  expect((await load("--unseen", whole)).asked.unseen[0]!.question).toBe("Who is the father of N1?");
  const half = write("half.json", [question(1, { again: "Whose child is F1?" }), question(2)]);
  await expect(load("--unseen", half, "--again")).rejects.toThrow(
    `${half}, line 1, entry 2, field again is missing. Expected the question in other words`,
  );
});

describe("the fixtures of each form", () => {
  const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/datasets/${name}`, import.meta.url));

  test.each([
    ["two-wiki.json", "knowledge", "rendered from evidences", 3],
    ["musique.json", "knowledge", "rendered from decompositions", 2],
    ["gpqa.json", "reasoning", "none", 0],
    ["mmlu-pro.json", "reasoning", "none", 0],
  ])("%s", async (name, kind, source, documents) => {
    const { form, corpora, source: found } = await load("--unseen", fixture(name));
    expect([form.kind, found, corpora.unseen.length]).toEqual([kind, source, documents]);
  });

  test.each([
    ["two-wiki.json", "two-wiki-documents.json", "The Tin Heron", 4],
    ["musique.json", "musique-documents.json", "Quill & Sons (bookbinders)", 2],
  ])("%s with a documents file", async (name, documents, title, count) => {
    const { asked, corpora, source } = await load(
      "--unseen",
      fixture(name),
      "--documents-file",
      fixture(documents),
    );
    expect(source).toBe("a documents file");
    expect(corpora.seen).toHaveLength(count);
    expect(corpora.unseen).toEqual(corpora.seen);
    expect(asked.unseen[0]!.facts[0]!.title).toBe(title);
  });

  test("documents that questions need and the file lacks are counted where the report says the source", async () => {
    const some = write("some.json", { "The Tin Heron": "A film." });
    const { source } = await load("--unseen", fixture("two-wiki.json"), "--documents-file", some);
    expect(source).toBe("a documents file, which lacks 2 that questions need");
  });

  test("multiple choice has no perfect reader and no documents file, but may be given a corpus", async () => {
    await expect(load("--unseen", fixture("gpqa.json"), "--oracle")).rejects.toThrow(
      "GPQA questions name none",
    );
    const documents = fixture("two-wiki-documents.json");
    await expect(load("--unseen", fixture("mmlu-pro.json"), "--documents-file", documents)).rejects.toThrow(
      "cannot serve MMLU-Pro questions",
    );
    const corpus = write("corpus.jsonl", JSON.stringify({ title: "A", text: "a" }));
    expect((await load("--unseen", fixture("gpqa.json"), "--corpus", corpus)).source).toBe("a corpus file");
  });

  test("--again asks multiple choice in other words with its choices", async () => {
    const again = write("again.json", [
      { question: "Which?", again: "What?", choices: ["x", "y"], answer: "y" },
    ]);
    expect((await load("--unseen", again, "--again")).asked.unseen[0]).toMatchObject({
      question: "What?\nA. x\nB. y",
      answer: "B",
    });
  });
});

test("unseen questions whose own log is in the bank are counted, those in other words are not", () => {
  const seen = [questionOf("a"), questionOf("b")];
  const inOtherWords = { ...questionOf("b"), question: "Otherwise b?" };
  expect(alsoSeen(dataOf(seen, [questionOf("a"), inOtherWords, questionOf("c")]))).toBe(1);
  expect(alsoSeen(dataOf(seen, [questionOf("c")]))).toBe(0);
});
