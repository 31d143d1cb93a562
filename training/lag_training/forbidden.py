"""Names and questions of the given development data, which generated data must not hold.

When the data is there, the generator refuses such a name when it makes one up by
chance, and check_leak.py looks for them independently.  Without the data both say so.
"""
from __future__ import annotations

import functools
import json
import re
from pathlib import Path

from .names import AWARDS, CAUSES, COUNTRIES, MONTHS, OCCUPATIONS
from .wordings import ROOT

DATA = ROOT.parent / "shared/data"
FREE = {x.lower() for c in COUNTRIES for x in c} | {x.lower() for x in AWARDS + CAUSES + OCCUPATIONS} | {"saint petersburg"}
NAMES_OF = {"country of citizenship", "country of origin", "country", "date of birth", "date of death", "publication date", "inception", "cause of death", "occupation", "award received"}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def bare(title: str) -> str:
    return re.sub(r"\s*\([^()]*\)\s*$", "", title)


def forbidden(data: Path) -> tuple[set[tuple[str, ...]], set[str], int]:
    """(names as word tuples, normalised questions, files read)."""
    names: set[str] = set()
    questions: set[str] = set()
    files = 0
    two = data / "2wikimultihop/seen.json"
    if two.exists():
        files += 1
        for x in json.loads(two.read_text("utf-8")):
            questions.add(" ".join(words(x["question"])))
            names |= {t for t, _ in x["supporting_facts"]} | {bare(t) for t, _ in x["supporting_facts"]}
            for s, r, v in x["evidences"]:
                names |= {s, bare(s)} | (set() if r in NAMES_OF else {v})
    musique = data / "musique/seen.json"
    if musique.exists():
        files += 1
        for x in json.loads(musique.read_text("utf-8")):
            questions.add(" ".join(words(x["question"])))
            for d in x["question_decomposition"]:
                t = re.sub(r"_\d+$", "", str(d.get("document_id", "")))
                names |= {t, bare(t)}
                a = str(d["answer"])
                if all(w[:1].isupper() for w in a.split()) and not a.startswith("In "):
                    names.add(a)
    tuples = set()
    for n in names:
        w = tuple(words(n))
        digits = any(c.isdigit() for c in n)
        if len(w) >= 2 and " ".join(w) not in FREE and not digits and not set(w) & {m.lower() for m in MONTHS}:
            tuples.add(w)
    return tuples, questions, files


@functools.cache
def known() -> set[tuple[str, ...]]:
    """Forbidden names, empty without the data."""
    return forbidden(DATA)[0]


def refuse(name: str) -> bool:
    """Whether the development data holds the name, or the common noun that it is ("the church")."""
    return any(tuple(words(x)) in known() for x in (name, bare(name), f"the {name}"))


def fresh(make) -> str:
    """A name made by ``make`` that the development data does not hold."""
    while refuse(name := make()):
        pass
    return name
