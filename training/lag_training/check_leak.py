"""Checks that training and evaluation keep apart what they must; ends with status 1 on a hit.

1. No generated text holds a full entity name, triple or question of the given development data.  Closed classes
   (countries, nationalities, dates, occupations, awards, causes of death) are free.  Names are compared whole, those of
   one word too; the sentences are also searched, with the generated names taken out, for names of two words or more,
   without digits and months, that could come from the wordings.  Says so, and checks nothing of it, when the data is absent.
2. No entity's name of training has a part that is kept for evaluation, and no title and no name in the evidences of
   the evaluation's sets has another one (names.parts: fixed words such as "University" or "of" belong to both).
"""
from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import examples
from .embedder_data import lot
from .forbidden import DATA, NAMES_OF, Forbidden, bare, forbidden, is_plain, words
from .names import held_out, parts
from .relations import OPEN_KIND, inner, is_asked, is_free, outer
from .wordings import FIXTURES, QUESTIONS, RELATIONS
from .world import World


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


@dataclass
class Text:
    """Generated text of one tree or one set, and what is in it."""
    names: list[str] = field(default_factory=list)           # of entities, as documents, titles and other documents give them
    values: list[str] = field(default_factory=list)          # what facts say that is no entity's name
    sentences: list[str] = field(default_factory=list)
    triples: list[tuple[str, str, str]] = field(default_factory=list)
    relations: set[str] = field(default_factory=set)         # free and asked ones: their words are their own


def of_world(w: World) -> Text:
    out = Text()
    for e in w.entities:
        out.names += [e.name, e.title, bare(e.title)]
        if e.made:
            document = w.document(e)
            out.names.append(document["title"])
            out.sentences.append(document["text"])
            for r, v in e.facts.items():
                (out.names if v.entity else out.values).append(v.text)
                out.triples.append((e.name.lower(), r, v.text.lower()))
            out.relations |= {r for r in (*e.facts, e.stand_in) if r and (is_free(r) or is_asked(r))}
    return out


def trees(n: int, seed: int) -> Iterator[Text]:
    """What training reads: n trees, of each mode as many."""
    rng = random.Random(seed)
    for i in range(n):
        t = examples.build(rng, examples.MODES[i % len(examples.MODES)], short=rng.random() < 0.06, deep=rng.random() < 0.3)
        out = of_world(t.world)
        out.sentences += [b.question.text for b in t.branches] + [b.response.text for b in t.branches] + [r.text for log in t.logs for r in log]
        yield out


def lots(n: int, seed: int) -> Iterator[Text]:
    """What the embedder reads: the worlds of n lots."""
    rng = random.Random(seed)
    for _ in range(n):
        x = lot(rng)
        out = of_world(x.world)
        out.sentences += x.queries + x.logs
        yield out


def evaluation_sets() -> Iterator[Text]:
    """The committed sets: questions, and the names in titles and evidences."""
    folder = FIXTURES / "generated"
    for corpus in sorted(folder.rglob("*corpus.jsonl")):
        out = Text()
        for line in corpus.read_text("utf-8").splitlines():
            title = json.loads(line)["title"]
            out.names += [title, bare(title)]
        for path in sorted(corpus.parent.glob("*.json")):
            for q in json.loads(path.read_text("utf-8")):
                out.sentences += [q["question"], q.get("again", "")]
                for s, r, v in q["evidences"]:
                    out.names.append(s)
                    (out.values if r in NAMES_OF else out.names).append(v)
        yield out


def rendered() -> Text:
    """The documents that both languages must render alike: of names kept for evaluation."""
    return Text(names=[d["title"] for d in json.loads((FIXTURES / "rendered.json").read_text("utf-8"))])


def leaks(text: Text, data: Forbidden, free: set[tuple[str, ...]], longest: int, plain: bool) -> Iterator[tuple[str, str]]:
    """(what leaked, where) of a text.  ``plain``: as the evaluation's names are refused (forbidden.refuse)."""
    held = {w for w in data.names if not plain or is_plain(w)}
    for x in text.names:
        if tuple(words(x)) in held:
            yield x, "name"
    for x in text.values:
        if tuple(words(x)) in held and is_plain(tuple(words(x))):
            yield x, "value"
    for s, r, v in set(text.triples) & data.triples:
        yield f"{s} | {r} | {v}", "triple"
    own_words = set().union(*(grams(x.replace("{", " ").replace("}", " "), longest) for r in text.relations for x in (r, *outer(r), *inner(r)))) if text.relations else set()
    own = text.names + text.values
    inside = set().union(*(grams(x, longest) for x in own)) if own else set()
    searched = {w for w in held if is_plain(w)}
    for s in (x for sentence in text.sentences for x in [sentence, *re.split(r"(?<=[.?!:]) ", sentence)]):
        if " ".join(words(s)) in data.questions:
            yield s, "question"
        if re.search(r"[.?!:] ", s):              # several sentences: a name does not run across them
            continue
        hits = (grams(s, longest) & searched) - free - inside - own_words
        if hits:                                  # seldom, so it may cost: what lies across a name's border is no name of the wordings
            hits &= set().union(*(grams(x, longest) for x in cut(s, own)))
        for g in hits:
            yield " ".join(g), s


def mixed_parts(text: Text, held: bool) -> Iterator[tuple[str, str]]:
    """(part, name) of names whose part belongs to the other side."""
    for name in text.names:
        for part in parts(name):
            if held_out(part) != held:
                yield part, f"{name} ({'evaluation' if held else 'training'})"


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--data", type=Path, default=DATA)
    ap.add_argument("--trees", type=int, default=2000, help="of the model's training, and as many lots of the embedder's")
    ap.add_argument("--seed", type=int, default=5)
    args = ap.parse_args()
    data = forbidden(args.data)
    longest = min(6, max(map(len, data.names), default=0))
    free = wording_grams(longest)
    found: dict[str, str] = {}
    n_names = n_sentences = 0
    for held, source in ((False, trees(args.trees, args.seed)), (False, lots(args.trees, args.seed)), (True, [rendered()]), (True, evaluation_sets())):
        for text in source:
            n_names += len(text.names)
            n_sentences += len(text.sentences)
            found |= dict(mixed_parts(text, held))
            if data.files:
                found |= dict(leaks(text, data, free, longest, held))
    print(f"{n_names} names and {n_sentences} texts: their parts checked; "
          + (f"and against {len(data.names)} names, {len(data.questions)} questions and {len(data.triples)} triples of {data.files} files" if data.files
             else f"NOT CHECKED against the development data, which is absent ({args.data})")
          + f": {len(found)} hits")
    for h, t in list(found.items())[:40]:
        print(f"  {h!r} in {t[:120]!r}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
