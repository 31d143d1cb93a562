/** Ranking by words: names decide, titles that a query names come first, and results repeat exactly. */
import { describe, expect, it } from "vitest";
import { LexicalIndex } from "../../src/retrieve/lexical-index.ts";
import { wordsOf } from "../../src/retrieve/words.ts";

const ids = async (index: LexicalIndex, query: string, k = 2, more = {}) =>
  (await index.search(query, { k, ...more })).map(({ id }) => id);

/** Deterministic names: two parts each, every part shared by many, every pair unique. */
const FIRST =
  "Adel Bruno Carla Dorit Edwin Fenna Gerrit Hilda Ivo Jorun Klaas Lotte Mirko Nadja Orla Pavel Quirin Rosa Silvan Tilda".split(
    " ",
  );
const LAST =
  "Ahlgren Brandsma Corvin Dastur Eklund Farkas Gruber Hovland Ibarra Jansen Kovac Lindqvist Moreau Novak Okafor Petrov Quist Rosen Sato Tamm".split(
    " ",
  );
const PEOPLE = FIRST.flatMap((first) => LAST.map((last) => `${first} ${last}`));

/** 800 documents of people and films that share first names, last names and every sentence. */
function corpus(): LexicalIndex {
  const index = new LexicalIndex();
  PEOPLE.forEach((person, i) => {
    const other = PEOPLE[(i * 7 + 3) % PEOPLE.length]!;
    index.add(person, {
      title: person,
      text: `${person} was born on ${1 + (i % 28)} May ${1850 + (i % 99)}. The father of ${person} is ${other}. ${person} was born in Rome.`,
    });
    const film = `The ${LAST[i % 20]} of ${FIRST[(i * 3) % 20]} ${i}`;
    index.add(film, {
      title: film,
      text: `${film} was directed by ${other}. It is a film from France that was released earlier than others by the man.`,
    });
  });
  const films = {
    "Wish I Was Here": "Zach Braff",
    "The Jack-Knife Man": "King Vidor",
    Switchmas: "Sue Corcoran",
  };
  for (const [title, director] of Object.entries(films)) {
    index.add(title, { title, text: `${title} was directed by ${director}. It is a film from France.` });
  }
  for (const title of ["Zach Braff", "King Vidor", "Mei Lanfang", "Jurgen Çelhaka"]) {
    index.add(title, { title, text: `${title} was born in Rome. The occupation of ${title} is actor.` });
  }
  index.add("King", {
    title: "King (film)",
    text: "King was directed by King Vidor. King Vidor. King Vidor.",
  });
  index.add("Here", {
    title: "Here",
    text: "Here I was. I wish I was here, Jack, I wish, said the man with the knife.",
  });
  return index;
}

describe("lexical-index: documents, among 800", () => {
  const index = corpus();

  it.each([
    [
      "Which film has the director born earlier, Wish I Was Here or The Jack-Knife Man?",
      ["The Jack-Knife Man", "Wish I Was Here"],
    ],
    ["Which film was released first, Switchmas or The Jack-Knife Man?", ["Switchmas", "The Jack-Knife Man"]],
    ["Zach Braff, King Vidor", ["King Vidor", "Zach Braff"]],
  ])("%s → both documents", async (query, expected) => {
    expect((await ids(index, query)).sort()).toEqual(expected);
  });

  it.each([
    ["Mei Lanfang", "Mei Lanfang"],
    ["When was Jurgen Celhaka's father born?", "Jurgen Çelhaka"],
    ["JURGEN ÇELHAKA", "Jurgen Çelhaka"],
    ["Who is the father of Mirko Novak?", "Mirko Novak"],
  ])("%s → %s first", async (query, expected) => {
    expect((await ids(index, query))[0]).toBe(expected);
  });

  it("every person's name finds its own document first, though each part belongs to twenty", async () => {
    const first = await Promise.all(PEOPLE.map(async (person) => (await ids(index, person, 1))[0]));
    expect(first).toEqual(PEOPLE);
  });

  it("every pair of names finds both", async () => {
    for (const [i, a] of PEOPLE.slice(0, 100).entries()) {
      const b = PEOPLE[399 - i]!;
      expect((await ids(index, `${a}, ${b}`)).sort()).toEqual([a, b].sort());
    }
  });

  it("names that are nearly the same are other names", async () => {
    expect(await ids(index, "Novack Mirkos", 3)).toEqual([]);
  });
});

describe("lexical-index: what weighs", () => {
  it("one rare name outweighs many common words", async () => {
    const index = new LexicalIndex();
    for (let i = 0; i < 30; i++)
      index.add(`other ${i}`, { text: `Where did the director of film number ${i} die` });
    for (let i = 0; i < 40; i++) index.add(`filler ${i}`, { text: `nothing of the kind ${i}` });
    index.add("own", { text: `Podokkhep ${"is something else entirely and goes on for long ".repeat(3)}` });
    expect(await ids(index, "Where did the director of film Podokkhep die?", 1)).toEqual(["own"]);
  });

  it("a title is named without its qualifier", async () => {
    const index = new LexicalIndex();
    for (let i = 0; i < 40; i++)
      index.add(`filler ${i}`, { title: `Title ${i}`, text: "nothing of the kind" });
    index.add("text", { title: "Robert and Young", text: "Robert Young, M. Robert Young, Robert M. Young" });
    index.add("titled", { title: "Robert M. Young (director)", text: "He was born in a town far away." });
    expect((await ids(index, "Robert M. Young", 1))[0]).toBe("titled");
  });
});

describe("lexical-index: logs, among 400 with the same relations", () => {
  it("a question asked again in other words finds its own log first", async () => {
    const index = new LexicalIndex();
    for (const [i, person] of PEOPLE.entries()) {
      const value = PEOPLE[(i * 7 + 3) % PEOPLE.length];
      index.add(person, {
        text:
          `What is the place of death of ${person}'s father?\n` +
          `The place of death of ${value} is Town ${i}. The place of death of the father of ${person} is Town ${i}. <ans> Town ${i} </ans>`,
      });
    }
    const own = await Promise.all(
      PEOPLE.map(async (person) =>
        (await ids(index, `Where did the father of ${person} die?`, 3)).indexOf(person),
      ),
    );
    expect(own.filter((place) => place === 0).length / PEOPLE.length).toBeGreaterThanOrEqual(0.95);
    expect(own.filter((place) => place < 0)).toEqual([]);
  });
});

describe("lexical-index: similarity", () => {
  const QUERY = "Where did the father of Mirko Novak die?";
  const bankOf = (others: number) => {
    const index = new LexicalIndex();
    index.add("own", {
      text: "What is the place of death of Mirko Novak's father?\nThe father of Mirko Novak is Ivan.",
    });
    for (let i = 0; i < others; i++)
      index.add(`other ${i}`, {
        text: `Where did the sister of Person${i} Surname${i} study?\nThe sister is Ann.`,
      });
    return index;
  };
  const similarityOf = async (index: LexicalIndex, id: string, query = QUERY) =>
    (await index.search(query, { k: index.size })).find((found) => found.id === id)!.similarity;

  it.each([0, 1, 2, 30, 1000])(
    "a log that says most of the question is similar among %i others",
    async (others) => {
      const own = await similarityOf(bankOf(others), "own");
      expect(own).toBeGreaterThan(0.4);
      expect(own).toBeLessThan(0.95);
    },
  );

  it.each([
    [2, 0.35], // too few to tell the words of a question from names
    [30, 0.1],
    [1000, 0.01],
  ])("a stranger in like words is not, among %i of its kind", async (others, most) => {
    const bank = bankOf(others);
    expect(await similarityOf(bank, "other 0")).toBeLessThan(most);
    expect(await similarityOf(bank, "other 0")).toBeLessThan(0.7 * (await similarityOf(bank, "own")));
  });

  it.each([0, 30, 1000])(
    "a log that holds every word, but not the name, is less similar than one of the name, among %i others",
    async (others) => {
      const index = bankOf(others);
      index.add("same", { text: "Where did the father of Mirko Novak die?\nIn Berlin." });
      index.add("namesake", { text: "Where did the father of Mirko Ivan Novak die?\nIn Berlin." });
      index.add("swapped", { text: "Where did the father of Novak Mirko die?\nIn Berlin." });
      expect(await similarityOf(index, "same")).toBe(1);
      expect(await similarityOf(index, "namesake")).toBeLessThan(0.92);
      expect(await similarityOf(index, "swapped")).toBeLessThan(0.8);
    },
  );

  it("counts a pair of words only where they are neighbours, and once however often it is asked for", async () => {
    const index = new LexicalIndex();
    index.add("pair", { text: "red house by the sea" });
    index.add("apart", { text: "house that is red" });
    const found = async (query: string) =>
      Object.fromEntries((await index.search(query, { k: 2 })).map((each) => [each.id, each.similarity]));
    const once = await found("red house");
    expect(once).toMatchObject({ pair: 1 });
    expect(once.apart).toBeLessThan(0.7);
    // "house red" is a pair of its own that nobody holds.
    const twice = await found("red house red house");
    expect(twice.pair).toBeLessThan(1);
    expect(twice.pair).toBe((await found("red house red")).pair);
  });

  it("takes a word that objects have as any other word", async () => {
    const found = async (word: string) => {
      const index = new LexicalIndex();
      index.add("a", { text: `the ${word}` });
      index.add("b", { text: "the value" });
      return index.search(`the ${word} value of the ${word}`, { k: 2 });
    };
    expect(await found("constructor")).toEqual(await found("other"));
    expect(await found("constructor")).toHaveLength(2);
  });

  it("counts pairs of scripts without spaces, too", async () => {
    const index = new LexicalIndex();
    index.add("named", { text: "梅蘭芳是誰" });
    index.add("swapped", { text: "芳蘭梅是誰" });
    expect(await similarityOf(index, "named", "梅蘭芳")).toBe(1);
    expect(await similarityOf(index, "swapped", "梅蘭芳")).toBeLessThan(0.7);
  });

  it("forgets the pairs of what an entry said before, and does not hang on what is accepted", async () => {
    const index = bankOf(3);
    index.add("own", { text: "Novak, Mirko's father: where did he die?" });
    const fresh = bankOf(3);
    fresh.remove("own");
    fresh.add("own", { text: "Novak, Mirko's father: where did he die?" });
    const all = await index.search(QUERY, { k: 9 });
    const sorted = (found: typeof all) => found.toSorted((a, b) => a.id.localeCompare(b.id));
    expect(sorted(all)).toEqual(sorted(await fresh.search(QUERY, { k: 9 })));
    const accepted = await index.search(QUERY, { k: 9, accept: (id) => id !== "own" });
    expect(accepted).toEqual(all.filter(({ id }) => id !== "own"));
  });

  it("is 1 for a log that holds every word and every pair of neighbours", async () => {
    const index = bankOf(3);
    index.add("same", { text: QUERY });
    expect(await similarityOf(index, "same")).toBe(1);
  });
});

describe("lexical-index: the contract of a text index", () => {
  const small = () => {
    const index = new LexicalIndex();
    for (const id of ["c", "a", "b"]) index.add(id, { text: "the same words" });
    return index;
  };

  it("ties stand in the order of adding, also after a replacement; skip and accept move the window", async () => {
    const index = small();
    expect(await ids(index, "same", 9)).toEqual(["c", "a", "b"]);
    index.add("c", { text: "the same words" });
    expect(await ids(index, "same", 9)).toEqual(["c", "a", "b"]);
    expect(await ids(index, "same", 1, { skip: 1 })).toEqual(["a"]);
    expect(await ids(index, "same", 2, { skip: 1, accept: (id: string) => id !== "a" })).toEqual(["b"]);
    expect(await ids(index, "same", 2, { skip: 3 })).toEqual([]);
  });

  it("similarity is the share of the query's weight that is held: 1 for all of it, in [0, 1], 0 results for none", async () => {
    const index = small();
    index.add("d", { title: "Mei", text: "other" });
    const [whole] = await index.search("Mei's other", { k: 1 });
    expect(whole).toEqual({ id: "d", similarity: 1 });
    const [half] = await index.search("mei nowhere", { k: 1 });
    expect(half!.similarity).toBeGreaterThan(0.2);
    expect(half!.similarity).toBeLessThan(0.8);
    for (const query of ["", "?!", "nowhere", "constructor __proto__"]) {
      expect(await index.search(query, { k: 3 })).toEqual([]);
    }
  });

  it("remove, replace and clear leave nothing behind, neither to find nor to weigh", async () => {
    const index = small();
    const before = await index.search("same words missing", { k: 9 });
    index.add("x", { title: "Words", text: "same same" });
    index.add("x", { title: "Else", text: "new" });
    expect(await ids(index, "words", 9)).toEqual(["c", "a", "b"]);
    expect(await ids(index, "new else", 9)).toEqual(["x"]);
    index.remove("x");
    index.remove("never there");
    expect(index.size).toBe(3);
    expect(await index.search("same words missing", { k: 9 })).toEqual(before);
    index.clear();
    expect(index.size).toBe(0);
    expect(await index.search("same", { k: 9 })).toEqual([]);
    index.add("c", { text: "same" });
    expect(await ids(index, "same")).toEqual(["c"]);
  });
});

describe("words", () => {
  it.each([
    ["Jurgen Çelhaka's", ["jurgen", "celhaka"]],
    ["Éric Rohmer’s Œuvre, Łódź, Ærø, Straße", ["eric", "rohmer", "oeuvre", "lodz", "aero", "strasse"]],
    ["The Jack-Knife Man (1920)", ["the", "jack", "knife", "man", "1920"]],
    ["Woman'S Century; James' dog; it's", ["woman", "century", "james", "dog", "it"]],
    ["İstanbul ISTANBUL ıstanbul", ["istanbul", "istanbul", "istanbul"]],
    ["梅蘭芳 is 梅", ["梅", "蘭", "芳", "is", "梅"]],
    ["हिन्दी العربية Ελλάς", ["हिन्दी", "العربية", "ελλας"]],
    ["… ?!", []],
  ])("%s", (text, expected) => {
    expect(wordsOf(text)).toEqual(expected);
  });
});
