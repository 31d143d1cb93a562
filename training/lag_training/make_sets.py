"""Writes the generated evaluation sets of the model card: questions, the seen questions whose logs they may use, a corpus.

chains      half: chains of 2 hops asked again in other words; a quarter: the log covers the first 2 of 3 hops; a quarter: the first 3 of 4
coverage    chains of 2 to 4 hops of which the log covers the first 1, 2, 3 or all 4, each pair of hops covered and hops asked for as often as another
withheld    as chains, with 30% of the needed documents, drawn from those that the seen question needed too, gone from the test's corpus
middle      asks for an entity in the middle of a seen chain of 3-4 hops, whose name only an earlier response of the log says: the documents
            that lead to it are gone from the test's corpus, and every other one that names it
misleading  any question with three logs always in front that do not help: strangers, a name nearly the same, the same entity
            with another relation, or one that the first document contradicts

Each set is a folder with seen.json, unseen.json and corpus.jsonl (docs/evaluation.md).  A corpus line with "only" belongs to the
time before the test ("seen") or to the test ("unseen").  All names are made of held-out parts, so nothing here was ever seen in training.
"""
from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from . import questions as Q
from .examples import any_question, chain_question, main_question
from .lexical import LexicalIndex, words_of
from .make_questions import record
from .wordings import FIXTURES
from .world import Entity, World

SETS = {"chains": 1000, "coverage": 300, "withheld": 300, "middle": 300, "misleading": 1000}
WITHHELD = 0.3      # of the documents that the questions of that set need
A_STEP = 2          # documents that the runtime retrieves


class Corpus:
    """Documents in the order in which they were first needed; ``only`` says when a document is there."""

    def __init__(self, w: World):
        self.w, self.lines, self.titles = w, {}, set()

    def add(self, e: Entity, only: str = "", version: int = 0) -> None:
        key = (e.id, version)
        if key not in self.lines:
            self.lines[key] = {**self.w.document(e), **({"only": only} if only else {})}

    def need(self, q: Q.Question) -> list[Entity]:
        out = entities(q)
        for e in out:
            self.add(e)
        return out

    def before_only(self, names: list[str]) -> None:
        """Takes every document that says one of the names, in its title or its text, out of the test's time."""
        said = [f" {' '.join(words_of(x))} " for x in names]
        for x in self.lines.values():
            text = f" {' '.join(words_of(x['title']))} | {' '.join(words_of(x['text']))} "
            if any(name in text for name in said):
                x["only"] = "seen"

    def fill(self, n: int) -> None:
        """Relatives of the questions' entities, then strangers with like names."""
        for e in list(self.w.entities):
            if len(self.lines) >= n:
                return
            self.w.facts(e)
            self.add(e)
        while len(self.lines) < n:
            self.add(self.w.new(self.w.rng.choice(("film", "film", "person", "person", "song", "org", "place", "magazine", "book")), near=0.6))


def entities(q: Q.Question) -> list[Entity]:
    """The entities whose documents q needs, hop by hop."""
    out = []
    for c in q.chains:
        e = c.subject
        for rel in c.relations:
            out.append(e)
            e = e.facts[rel].entity
    return out


def hops(w: World, n: int) -> Q.Question:
    while True:
        q = chain_question(w, n)
        if q is not None:
            return Q.word(q, w.rng)


MAIN = ((2, 2), (2, 3), (2, 2), (3, 4))                                      # (hops that the log covers, hops that are asked for), in turn
EVERY = tuple((k, h) for h in (2, 3, 4) for k in range(1, h + 1))


def chains(w: World, n: int, corpus: Corpus, turns: tuple[tuple[int, int], ...]):
    """(seen, unseen, entities whose documents both need, those whose documents the unseen ones need)."""
    seen, unseen, both, needed = [], [], {}, {}
    for i in range(n):
        shared, h = turns[i % len(turns)]
        q = hops(w, h)
        known = q if h == shared else Q.word(Q.part(w, q.chains[0], 0, shared), w.rng)
        asked = Q.again(q, w.rng, swap=False) if h == shared else q
        need = corpus.need(q)
        both.update((e.id, e) for e in need[:shared])
        needed.update((e.id, e) for e in need)
        seen.append(record(i, known, known))
        unseen.append({**record(i, asked, asked), "group": f"{shared} of {h} hops known"})
    return seen, unseen, list(both.values()), list(needed.values())


def middle(w: World, n: int, corpus: Corpus):
    seen, unseen = [], []
    for i in range(n):
        h = 3 + i % 2
        q = hops(w, h)
        first, last = w.rng.choice([(0, k) for k in range(1, h - 1)] + ([(1, 2)] if h == 4 else []))
        asked = Q.word(Q.part(w, q.chains[0], first, last), w.rng)
        corpus.need(q)
        for e in entities(asked):
            corpus.lines[(e.id, 0)]["only"] = "seen"
        seen.append(record(i, q, q))
        unseen.append({**record(i, asked, asked), "group": f"hop {last} of {h}"})
    return seen, unseen


def misleading(w: World, n: int, corpus: Corpus):
    """Question i has the log of its own misleading question i in front, and those of two others of the same twenty:
    the first questions can be asked with the first logs alone."""
    seen, unseen = [], []
    types = ("compositional", "inference", "comparison", "bridge_comparison", "chain")
    for i in range(n):
        q = main_question(w, types[i % 5])
        corpus.need(q)
        kind = ("near name", "other relation", "contradicted", "stranger")[i // 5 % 4]
        bad = None
        c = q.chains[0]
        if kind == "near name":
            e = w.new(c.subject.kind, near=0.9)
            w.facts(e, c.relations[:1])
            bad = Q.Question("one", [Q.Chain(e, Q.form_of(w.rng, e), c.relations[:1])])
            if len(c.relations) > 1:
                bad = Q.chain(w, e, len(c.relations), c.relations[:1], e.facts[c.relations[0]].entity) or bad
        elif kind == "other relation":
            e = c.subject
            others = [r for r in w.facts(e) if r not in {x.relations[0] for x in q.chains}]
            bad = Q.Question("one", [Q.Chain(e, Q.form_of(w.rng, e), (w.rng.choice(others),))]) if others else None
        elif kind == "contradicted":
            bad = contradicted(w, c, corpus)
        if bad is None:
            kind, bad = "stranger", main_question(w)
        if kind != "contradicted":
            bad = Q.word(bad, w.rng)
            corpus.need(bad)
            seen.append(record(i, bad, bad))
        else:
            seen.append({**bad, "_id": f"generated-{i:03d}"})
        unseen.append({**record(i, q, q), "group": kind})
    for i, x in enumerate(unseen):
        near = range(i - i % 20, min(n, i - i % 20 + 20))
        front = [i] + w.rng.sample([j for j in near if j != i], 2)
        w.rng.shuffle(front)
        x["front"] = [seen[j]["_id"] for j in front]
    return seen, unseen


def contradicted(w: World, c: Q.Chain, corpus: Corpus) -> dict:
    """A one-hop question about the chain's subject, solved while its document said something else."""
    e, rel = c.subject, c.relations[0]
    true, text = e.facts[rel], e.text
    corpus.lines[(e.id, 0)]["only"] = "unseen"
    while (false := w.value(e, rel)).key == true.key:       # a country, or an entity that is there already
        pass
    e.facts[rel], e.text = false, ""
    corpus.add(e, "seen", version=1)
    q = Q.word(Q.Question("one", [Q.Chain(e, Q.form_of(w.rng, e), (rel,))]), w.rng)
    out = record(0, q, q)
    e.facts[rel], e.text = true, text
    return out


def write(name: str, n: int, seed: int, out: Path) -> None:
    w = World(random.Random(f"{seed} {name}"), held=True)
    corpus = Corpus(w)
    if name == "middle":
        seen, unseen = middle(w, n, corpus)
    elif name == "misleading":
        seen, unseen = misleading(w, n, corpus)
    else:
        seen, unseen, both, needed = chains(w, n, corpus, EVERY if name == "coverage" else MAIN)
        for e in w.rng.sample(both, round(WITHHELD * len(needed))) if name == "withheld" else ():
            corpus.lines[(e.id, 0)]["only"] = "seen"
    corpus.fill(len(corpus.lines) + n // 2)
    if name == "middle":
        corpus.before_only([x["answer"] for x in unseen])
    lines = list(corpus.lines.values())
    # a document is found by its title: no two of one time may share it
    used: set[tuple[str, str]] = set()
    kept = []
    for x in lines:
        times = {(x["title"].lower(), t) for t in ([x["only"]] if "only" in x else ["seen", "unseen"])}
        assert not times & used, x["title"]
        used |= times
        kept.append(x)
    w.rng.shuffle(kept)
    folder = out / name
    folder.mkdir(parents=True, exist_ok=True)
    dump = lambda xs: "[\n" + ",\n".join(json.dumps(x, ensure_ascii=False) for x in xs) + "\n]\n"
    (folder / "seen.json").write_text(dump(seen), "utf-8")
    (folder / "unseen.json").write_text(dump(unseen), "utf-8")
    (folder / "corpus.jsonl").write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in kept), "utf-8")
    print(f"{name}: {len(seen)} seen, {len(unseen)} unseen, {len(kept)} documents, {sum('only' in x for x in kept)} of one time only")
    if name == "misleading":
        said = in_first_prompt(seen, unseen, kept)
        print(f"  the document that contradicts a log is in the first prompt of {sum(said)} of {len(said)} such questions")


def in_first_prompt(seen: list[dict], unseen: list[dict], lines: list[dict]) -> list[bool]:
    """Of each question with a contradicted log: whether the question itself finds the document that contradicts it."""
    docs = [x for x in lines if x.get("only", "unseen") == "unseen"]
    index, place = LexicalIndex(docs), {x["title"]: i for i, x in enumerate(docs)}
    pairs = [(x, y) for x, y in zip(seen, unseen) if y["group"] == "contradicted"]
    return [place[x["supporting_facts"][0][0]] in index.rank(y["question"])[:A_STEP] for x, y in pairs]


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--seed", type=int, default=2025)
    ap.add_argument("--set", choices=SETS, help="one set only")
    ap.add_argument("--questions", type=int, default=0)
    ap.add_argument("--out", type=Path, default=FIXTURES / "generated")
    args = ap.parse_args()
    for name in [args.set] if args.set else SETS:
        write(name, args.questions or SETS[name], args.seed, args.out)


if __name__ == "__main__":
    main()
