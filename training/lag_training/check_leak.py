"""Checks that the generated text holds no full entity name, triple or question of the given development data.

Closed classes (countries, nationalities, dates, occupations, awards, causes of
death) and single words are free; everything else of two words or more is a
name.  Names are compared whole; the sentences are also searched, with the
generated names taken out, for names that could come from the wordings.  Ends
with status 1 on a hit.  Says so, and checks nothing, when the data is absent.
"""
from __future__ import annotations

import argparse
import json
import random
import re
import sys
from pathlib import Path

from . import examples
from .forbidden import DATA, bare, forbidden, words
from .relations import OPEN_KIND, inner, is_asked, is_free, outer
from .wordings import FIXTURES, QUESTIONS, RELATIONS


def grams(text: str, longest: int) -> set[tuple[str, ...]]:
    w = words(text)
    return {tuple(w[i:i + n]) for i in range(len(w)) for n in range(2, longest + 1) if i + n <= len(w)}


def wording_grams(longest: int) -> set[tuple[str, ...]]:
    """Word sequences of our own wordings: "the mother" is no film there."""
    out: set[tuple[str, ...]] = set()
    stack: list = [RELATIONS, QUESTIONS, [[*outer(r), *inner(r)] for r in OPEN_KIND]]
    while stack:
        x = stack.pop()
        if isinstance(x, str):
            out |= grams(x.replace("{", " ").replace("}", " "), longest)
        else:
            stack += x.values() if isinstance(x, dict) else x
    return out


def cut(text: str, names: list[str]) -> list[str]:
    """The pieces of a text between the generated names in it."""
    known = sorted({n for n in names if n}, key=len, reverse=True)
    # whole names only: a short one inside a longer word would cut a forbidden name in two and hide it
    return re.split(rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w)", text, flags=re.IGNORECASE) if known else [text]


def generated(n: int, seed: int):
    """(names, sentences, free relations) of n trees."""
    rng = random.Random(seed)
    for i in range(n):
        t = examples.build(rng, examples.MODES[i % len(examples.MODES)])
        names, sentences, relations = [], [], set()
        for e in t.world.entities:
            names += [e.name, e.title, bare(e.title)]
            if e.made:
                document = t.world.document(e)
                names += [document["title"], *(v.text for v in e.facts.values())]
                sentences.append(document["text"])
                relations |= {r for r in (*e.facts, e.stand_in) if r and (is_free(r) or is_asked(r))}
        sentences += [b.question.text for b in t.branches] + [b.response.text for b in t.branches] + [r.text for log in t.logs for r in log]
        yield names, sentences, relations


def fixtures():
    """The committed generated set: likewise."""
    folder = FIXTURES / "generated"
    docs = [json.loads(l) for l in (folder / "generated-corpus.jsonl").read_text("utf-8").splitlines()]
    qs = json.loads((folder / "generated-questions.json").read_text("utf-8"))
    yield ([d["title"] for d in docs] + [bare(d["title"]) for d in docs] + [x for q in qs for e in q["evidences"] for x in (e[0], e[2])],
           [q[k] for q in qs for k in ("question", "again")], set())
    yield [d["title"] for d in json.loads((FIXTURES / "rendered.json").read_text("utf-8"))], [], set()


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--data", type=Path, default=DATA)
    ap.add_argument("--trees", type=int, default=2000)
    ap.add_argument("--seed", type=int, default=5)
    args = ap.parse_args()
    names, questions, files = forbidden(args.data)
    if not files:
        print(f"NOT CHECKED: the development data is absent ({args.data})")
        return
    longest = min(6, max(map(len, names)))
    free = wording_grams(longest)
    found: dict[str, str] = {}
    n_names = n_sentences = 0
    for source in (generated(args.trees, args.seed), fixtures()):
        for own, sentences, relations in source:
            own_words = set().union(*(grams(x.replace("{", " ").replace("}", " "), longest) for r in relations for x in (r, *outer(r), *inner(r)))) if relations else set()
            n_names += len(own)
            n_sentences += len(sentences)
            for x in own:
                if tuple(words(x)) in names:
                    found.setdefault(x, "name")
            inside = set().union(*(grams(x, longest) for x in own)) if own else set()
            for s in (x for text in sentences for x in [text, *re.split(r"(?<=[.?!:]) ", text)]):
                if " ".join(words(s)) in questions:
                    found.setdefault(s, "question")
                if re.search(r"[.?!:] ", s):              # several sentences: a name does not run across them
                    continue
                hits = (grams(s, longest) & names) - free - inside - own_words
                if hits:                                  # seldom, so it may cost: what lies across a name's border is no name of the wordings
                    hits &= set().union(*(grams(x, longest) for x in cut(s, own)))
                for g in hits:
                    found.setdefault(" ".join(g), s)
    print(f"{n_names} names and {n_sentences} texts checked against {len(names)} names and {len(questions)} questions of {files} files: {len(found)} hits")
    for h, t in list(found.items())[:40]:
        print(f"  {h!r} in {t[:120]!r}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
