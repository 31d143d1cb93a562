"""Relations: their wordings, what they lead to, and open relations, which have no wordings of their own.

An open relation is any noun phrase.  It is rendered and asked for in one general
form, so that the model meets relations that no list foresaw.  A free relation
(free.py) is one whose words are put together by chance, with many forms; an asked
one (asked.py) is a whole question.
"""
from __future__ import annotations

from . import asked, free, loose
from .asked import is_asked
from .wordings import QUESTIONS, RELATIONS

# relation -> kind of the entity that it leads to (absent: a plain value)
LEADS_TO: dict[str, str] = {
    **dict.fromkeys(("director", "producer", "performer", "composer", "editor", "creator", "founded by", "father", "mother", "spouse", "child", "sibling",
                     "cast member", "screenwriter", "author"), "person"),
    **dict.fromkeys(("publisher", "production company", "record label", "owned by", "educated at", "employer", "member of sports team", "member of political party"), "org"),
    **dict.fromkeys(("place of birth", "place of death", "place of burial", "headquarters location", "located in the administrative territorial entity", "capital",
                     "shares border with", "residence"), "place"),
    "followed by": "same",
}

# noun phrases for open relations: kind that they lead to -> nouns
OPEN: dict[str, list[str]] = {
    "person": """architect;conductor;lyricist;illustrator;translator;narrator;cinematographer;manager;mentor;student;doctoral advisor;successor;predecessor;patron;chairman;
chief executive;president;mayor;governor;ambassador;captain;coach;goalkeeper;engineer;discoverer;inventor;landlord;rival;cousin;grandchild;godfather;bodyguard;secretary;
main character;namesake;winner;runner-up;commander;head teacher;host;presenter;designer;drummer;librettist;treasurer;biographer;physician;lawyer;deputy;founder of the archive""",
    "org": """operator;manufacturer;developer;distributor;broadcaster;parent company;subsidiary;sponsor;league;tenant;network;airline;orchestra;museum;main supplier;customer;
fan club;training partner;insurer;contractor;library;holding company;military branch;union""",
    "place": """location of formation;mouth of the watercourse;twin town;highest point;main tributary;airport;location;terminus;home ground;port of registry;residence of the owner;
county seat;birthplace of the founder;largest town;nearest station;filming location;work location;summer residence;harbour;former capital;body of water;mountain range""",
    "work": """notable work;theme song;first novel;debut film;official anthem;last album;source of the plot;main subject;favourite book;first issue;companion piece""",
}
OPEN = {k: [x.strip() for x in v.replace("\n", "").split(";")] for k, v in OPEN.items()}
OPEN_KIND: dict[str, str] = {x: k for k, v in OPEN.items() for x in v}


def is_free(relation: str) -> bool:
    return not is_asked(relation) and relation not in RELATIONS and relation not in OPEN_KIND and free.is_free(relation)


def noun(relation: str) -> str:
    """The noun of the canonical sentence."""
    if is_asked(relation):
        return asked.noun(relation)
    return RELATIONS[relation]["noun"] if relation in RELATIONS else relation


def outer(relation: str, further: bool = False) -> list[str]:
    """Questions for the relation of {x}; ``further``: those of loose.py too."""
    if is_asked(relation):
        return asked.outer(relation)
    if relation in QUESTIONS["outer"]:
        return QUESTIONS["outer"][relation] + (loose.OUTER.get(relation, []) if further else [])
    if is_free(relation):
        return free.outer(relation)
    who = "Who" if OPEN_KIND.get(relation) == "person" else "What"
    return [f"{who} is the {relation} of {{x}}?", f"{who} is {{x}}'s {relation}?", f"Which is the {relation} of {{x}}?"]


def inner(relation: str, further: bool = False) -> list[str]:
    """Phrases for what stands in the relation to {a}; empty when a question cannot pass through it. ``further``: those of loose.py too."""
    if is_asked(relation):
        return asked.inner(relation)
    if relation in QUESTIONS["inner"]:
        return QUESTIONS["inner"][relation] + (loose.INNER.get(relation, []) if further else [])
    if is_free(relation):
        return free.inner(relation)
    return [f"the {relation} of {{a}}", f"{{a}}'s {relation}"] if relation in OPEN_KIND else []


def leads_to(relation: str) -> str | None:
    """Kind of the entity behind the value; None for dates, countries and other plain values."""
    if is_asked(relation):
        return asked.leads_to(relation)
    return free.leads_to(relation) if is_free(relation) else LEADS_TO.get(relation) or OPEN_KIND.get(relation)
