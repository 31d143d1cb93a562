"""Facts that no question asks for: what the evaluation adds to MuSiQue's documents (``distractors.json``, "harmless")."""
from __future__ import annotations

import json
import random

from .forbidden import fresh
from .names import STYLE_NAMES, Names
from .wordings import ROOT

_DATA = json.loads((ROOT / "src/evaluation/distractors.json").read_text("utf-8"))
# further ones, so that what stands beside a fact is known by its kind and not only by its words
FURTHER = {"shelf mark": ["{last} {day}", "{day}-{year}"], "catalogue entry": ["{town} {day}"], "register page": ["{last} {day}"], "archivist": ["{first} {last}"],
           "inventory code": ["{day}-{year}"], "folder": ["{town} {day}", "{last} {day}"]}
VALUES: dict[str, list[str]] = {rel: _DATA["values"][rel] for rel in _DATA["harmless"]}
ALL = VALUES | FURTHER


def is_beside(relation: str) -> bool:
    return relation in ALL


def triples(r: random.Random, names: Names, title: str, count: int) -> list[tuple[str, str, str]]:
    """``count`` facts about a title, mostly of the relations that the evaluation adds; names in them are drawn as all names of training are."""
    if count <= 0:
        return []
    return [(title, rel, fresh(lambda: _value(r, names, rel))) for rel in r.sample(list(VALUES if r.random() < 0.75 else ALL), count)]


def _value(r: random.Random, names: Names, relation: str) -> str:
    style = r.choice(STYLE_NAMES)
    return r.choice(ALL[relation]).format(first=names.word(style, False), last=names.surname(style), town=names.word(style, True), day=r.randint(1, 28), year=r.randint(1860, 1990))
