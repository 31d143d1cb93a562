"""Free relations: noun phrases put together from common words, asked for in many forms, as MuSiQue's sub-questions are.

Such a relation is its own noun ("oldest bridge", "one who rebuilt").  Everything else about it, what it leads to and
how it is asked for, follows from its words, so that no list has to be kept.
"""
from __future__ import annotations

import random

from .names import MONTHS, fnv1a32


def _w(text: str) -> list[str]:
    return text.split()


MODIFIERS = _w("""first last largest smallest oldest newest main official royal national eastern western northern southern central summer winter annual original current former
lowest highest longest shortest only second third modern ancient average total regular public private busiest famous popular common biggest richest early late military
religious political legal natural final next new old top minor major local foreign federal total medical musical""")
HEADS: dict[str | None, list[str]] = {
    "person": _w("""leader owner star builder king queen emperor prince general admiral pope saint bishop wife husband hero villain guard heir voice face actor actress singer guitarist teacher
referee minister senator judge explorer settler champion scorer pitcher striker painter poet chef host agent pilot"""),
    "org": _w("""team company club band party army navy church school college university agency council party group label station channel paper team newspaper brewery clinic court department
railway bank union tribe dynasty""" ),
    "place": _w("""city state county town province region district country island river lake bay valley coast desert port capital village street park stadium arena square bridge border
continent colony headquarters birthplace hometown neighbor homeland sea""" ),
    "work": _w("book film song series episode album show game opera play poem painting statue novel hymn"),
    None: _w("""population area currency language motto symbol color age height length width depth cost price salary score record rank year season date day month number percentage size
reason purpose cause effect result meaning origin role job title name nickname type kind form shape material climate rainfall temperature religion sport position genre style
budget debt tax share speed weight distance term law treaty war battle attack strategy plan rule right bird flower animal mascot tree food drink"""),
}
KIND: dict[str, str | None] = {h: k for k, heads in HEADS.items() for h in heads}
DONE = _w("""built led won ruled named opened invaded founded rebuilt sold bought signed joined left wrote made held started ended attacked defended captured replaced defeated settled
explored designed invented discovered painted filmed recorded published created owned visited governed freed burned crowned succeeded followed married killed trained hired beat
divided united claimed crossed supported opposed financed approved established""")
ONE = "one who "
SHORT = ["a few", "most", "half of them", "nearly all", "none", "two", "three", "four", "seven", "twelve", "both"]


def relation(r: random.Random) -> str:
    """A new free relation."""
    if r.random() < 0.2:
        return ONE + r.choice(DONE)
    head = r.choice(HEADS[r.choices((None, "person", "org", "place", "work"), (40, 18, 14, 22, 6))[0]])
    return f"{r.choice(MODIFIERS)} {head}" if r.random() < 0.65 else head


def is_free(relation: str) -> bool:
    return relation.startswith(ONE) or relation.split(" ")[-1] in KIND


def leads_to(relation: str) -> str | None:
    return "person" if relation.startswith(ONE) else KIND[relation.split(" ")[-1]]


def outer(relation: str) -> list[str]:
    """Questions for it."""
    if relation.startswith(ONE):
        did = relation[len(ONE):]
        return [f"Who {did} {{x}}?", f"Who was it that {did} {{x}}?", f"Who is the one who {did} {{x}}?"]
    kind, did = leads_to(relation), _done(relation)
    out = [f"What is the {relation} of {{x}}?", f"What was {{x}}'s {relation}?", f"Which {relation} does {{x}} have?"]
    if kind == "person":
        return [f"Who is the {relation} of {{x}}?", f"Who was {{x}}'s {relation}?", f"Who was the {relation} that {did} {{x}}?", f"Which {relation} {did} {{x}}?"]
    if kind == "org":
        return [*out, f"Which {relation} {did} {{x}}?", f"What is the {relation} that {{x}} {did}?", f"Which {relation} does {{x}} belong to?", f"{{x}} was a member of what {relation}?"]
    if kind == "place":
        return [*out, f"In which {relation} is {{x}}?", f"{{x}} is in what {relation}?", f"What is the {relation} where {{x}} is found?", f"Which {relation} {did} {{x}}?"]
    if kind == "work":
        return [*out, f"What {relation} did {{x}} make?", f"Which {relation} is about {{x}}?"]
    return [*out, f"What is the {relation} in {{x}}?", f"what {relation} did {{x}} get", f"How is the {relation} of {{x}} given?", f"When {{x}} {did}, what was the {relation}?"]


def inner(relation: str) -> list[str]:
    """Phrases for what it leads to; empty when that is no entity."""
    kind = leads_to(relation)
    if relation.startswith(ONE):
        did = relation[len(ONE):]
        return [f"the one who {did} {{a}}", f"the person who {did} {{a}}", f"whoever {did} {{a}}"]
    if kind is None:
        return []
    did = _done(relation)
    out = [f"the {relation} of {{a}}", f"{{a}}'s {relation}"]
    if kind == "person":
        return [*out, f"the {relation} who {did} {{a}}", f"the {relation} that {did} {{a}}"]
    if kind == "place":
        return [*out, f"the {relation} where {{a}} is located", f"the {relation} that {did} {{a}}", f"the {relation} {{a}} is in"]
    return [*out, f"the {relation} that {did} {{a}}", f"the {relation} {{a}} belongs to", f"the {relation} {{a}} is a part of"]


def value(relation: str, r: random.Random) -> str:
    """A plain value, of any form: what stands in the document is what is asked for."""
    x = r.random()
    head = relation.split(" ")[-1]
    if head in ("year", "season", "date", "day", "month") or x < 0.15:
        y = r.randint(1000, 2019)
        return r.choice((str(y), f"{r.choice(MONTHS)} {r.randint(1, 28)}, {y}", f"in the {r.randint(12, 20)}th century", f"the {y // 10 * 10}s", f"{r.choice(MONTHS)} {y}"))
    if head in ("population", "percentage", "number", "cost", "price", "salary", "height", "length", "area", "depth") or x < 0.35:
        n = r.randint(2, 10 ** r.randint(1, 8))
        return r.choice((f"{n:,}", f"{r.randint(1, 99)}%", f"${r.randint(1, 900)} million", f"{n:,} {r.choice(('km', 'miles', 'people', 'seats', 'feet', 'tons'))}", r.choice(SHORT)))
    if x < 0.7:
        return " ".join([*([r.choice(("its", "the", "a"))] if r.random() < 0.5 else []), r.choice(MODIFIERS), *([r.choice(MODIFIERS)] if r.random() < 0.3 else []),
                         r.choice(HEADS[r.choice(list(HEADS))])])
    return f"{r.choice(MODIFIERS)} {r.choice(HEADS[None])} of the {r.choice(MODIFIERS)} {r.choice(HEADS['place'])}" if x < 0.8 else r.choice(HEADS[None]).title() + " " + r.choice(HEADS["org"]).title()


def _done(relation: str) -> str:
    """The verb that goes with a relation: the same one in every question."""
    return DONE[fnv1a32(relation) % len(DONE)]
