"""Names, questions and triples of the given development data, which generated data must not hold.

When the data is there, the generator refuses such a name when it makes one up by chance; check_leak.py
looks for all three independently.  Without the data both say so.
"""
from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from .names import AWARDS, CAUSES, COUNTRIES, FIXED, MONTHS, OCCUPATIONS
from .wordings import ROOT

DATA = ROOT.parent / "shared/data"
FREE = {x.lower() for c in COUNTRIES for x in c} | {x.lower() for x in AWARDS + CAUSES + OCCUPATIONS} | {"saint petersburg"}
NAMES_OF = {"country of citizenship", "country of origin", "country", "date of birth", "date of death", "publication date", "inception", "cause of death", "occupation", "award received"}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def bare(title: str) -> str:
    return re.sub(r"\s*\([^()]*\)\s*$", "", title)


DATE = re.compile(rf"(\d{{1,2}} )?({'|'.join(m.lower() for m in MONTHS)})( \d{{1,2}})?( \d{{3,4}})?")


@dataclass
class Forbidden:
    """What the development data says, in lower case: names as word tuples, questions, (subject, relation, object)."""
    names: set[tuple[str, ...]] = field(default_factory=set)
    questions: set[str] = field(default_factory=set)
    triples: set[tuple[str, str, str]] = field(default_factory=set)
    files: int = 0

    def name(self, text: str) -> None:
        """Takes in a name with and without what stands in brackets behind it; closed classes and dates are free."""
        for x in (text, bare(text)):
            w = tuple(words(x))
            joined = " ".join(w)
            if any(c.isalpha() for c in joined) and joined not in FREE and not DATE.fullmatch(joined):
                self.names.add(w)

    def question(self, text: str) -> None:
        self.questions.add(" ".join(words(text)))


def forbidden(data: Path) -> Forbidden:
    """What may not be in training, of the files that are there."""
    out = Forbidden()
    two = data / "2wikimultihop/seen.json"
    if two.exists():
        out.files += 1
        for x in json.loads(two.read_text("utf-8")):
            out.question(x["question"])
            for t, _ in x["supporting_facts"]:
                out.name(t)
            for s, r, v in x["evidences"]:
                out.name(s)
                out.triples.add((s.lower(), r, v.lower()))
                if r not in NAMES_OF:
                    out.name(v)
    musique = data / "musique/seen.json"
    if musique.exists():
        out.files += 1
        for x in json.loads(musique.read_text("utf-8")):
            out.question(x["question"])
            for a in x.get("answer_aliases", []):
                _answer(out, a)
            for d in x["question_decomposition"]:
                subject, arrow, relation = str(d["question"]).partition(" >> ")
                if "#" not in subject:
                    out.name(subject) if arrow else out.question(subject)
                    if arrow:
                        out.triples.add((subject.lower(), relation, str(d["answer"]).lower()))
                out.name(re.sub(r"_\d+$", "", str(d.get("document_id", ""))))
                _answer(out, str(d["answer"]))
    return out


def _answer(out: Forbidden, a: str) -> None:
    """MuSiQue's answers are names, numbers and phrases: a name is written with capitals, small words such as "of" aside."""
    if a[:1].isupper() and all(w[:1].isupper() or w in FIXED for w in a.split()) and not a.startswith("In "):
        out.name(a)


@functools.cache
def known() -> set[tuple[str, ...]]:
    """Forbidden names, empty without the data."""
    return forbidden(DATA).names


def is_plain(w: tuple[str, ...]) -> bool:
    """Two words or more, and neither digits nor months."""
    return len(w) > 1 and not any(c.isdigit() for x in w for c in x) and not set(w) & {m.lower() for m in MONTHS}


def refuse(name: str, plain: bool = False) -> bool:
    """Whether the development data holds the name, or the common noun that it is ("the church").  ``plain``: names of one word, with
    digits or with months are not looked up; so it is for common nouns, and for the evaluation's names, whose sets were drawn so."""
    forms = {tuple(words(x)) for x in (name, bare(name), f"the {name}")}
    return any(w in known() and (not plain or is_plain(w)) for w in forms)


def fresh(make, plain: bool = False) -> str:
    """A name made by ``make`` that the development data does not hold."""
    while refuse(name := make(), plain):
        pass
    return name
