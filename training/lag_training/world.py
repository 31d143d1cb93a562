"""Fresh random local worlds: entities, their facts, their documents."""
from __future__ import annotations

import random
import re
from dataclasses import dataclass, field

from . import asked, beside, free
from .documents import document
from .forbidden import fresh, refuse
from .names import AWARDS, CAUSES, COUNTRIES, MONTHS, OCCUPATIONS, SURNAME_TAGS, Names
from .relations import OPEN, inner, is_asked, is_free, leads_to, outer


@dataclass
class Value:
    """What a triple says: its text, the entity behind it (if any) and a key under which two values are the same."""
    text: str
    entity: "Entity | None" = None
    key: object = None

    def year(self) -> int:
        return int(re.findall(r"\d{3,4}", self.text)[-1])


@dataclass
class Entity:
    id: int
    kind: str
    name: str            # what sentences call it
    title: str           # the title of its document
    facts: dict[str, Value] = field(default_factory=dict)
    held: bool = False   # its name is one for evaluation
    host: "Entity | None" = None        # whose document has its facts, when it has none of its own
    guests: list["Entity"] = field(default_factory=list)
    made: bool = False   # facts are drawn when its document is first needed
    text: str = ""
    heading: str = ""    # title of its document, when that is not its own: some speak of others than their title says
    stand_in: str = ""   # a relation in whose words its only fact may be asked for: nothing else of its document can be meant


# kind -> {relation: weight}: what a document of that kind may say
OF_KIND: dict[str, dict[str, float]] = {
    "film": {"director": 6, "publication date": 3, "country of origin": 3, "producer": 1, "composer": 1.2, "cast member": 1, "screenwriter": 0.7,
             "production company": 0.7, "followed by": 0.4},
    "song": {"performer": 5, "composer": 2, "publication date": 2, "producer": 1, "country of origin": 0.7, "record label": 1.5},
    "magazine": {"publisher": 3, "editor": 3, "creator": 1.5, "country of origin": 1.5, "publication date": 1.5, "owned by": 0.6},
    "book": {"author": 5, "publisher": 2, "publication date": 2, "country of origin": 1, "followed by": 1.2},
    "org": {"founded by": 3, "inception": 3, "country": 2.5, "headquarters location": 2, "owned by": 1},
    "place": {"country": 4, "inception": 2, "founded by": 1.5, "located in the administrative territorial entity": 3, "capital": 0.8, "shares border with": 0.8},
    "person": {"date of birth": 4, "date of death": 3, "place of birth": 2.5, "place of death": 2.2, "place of burial": 1, "father": 2.5, "mother": 2,
               "spouse": 2, "child": 0.8, "sibling": 0.8, "country of citizenship": 2.5, "educated at": 1.2, "employer": 1, "award received": 0.7,
               "cause of death": 0.7, "occupation": 0.8, "member of sports team": 0.5, "member of political party": 0.4, "residence": 0.6},
}
ASKED_SHARE = 0.06    # of the documents in training state facts as a question and its answer, as some of MuSiQue's do
OPEN_SHARE = 0.08     # of the facts have a relation without wordings
GUESTS = 0.4          # of the entities of a free world have their facts in a document of another title, as nearly half of MuSiQue's facts have
FREE_WORLDS = 0.3     # of the worlds in training speak mostly in free relations, under titles of their own, as MuSiQue does
THIN = 0.4            # of the entities of a free world have one fact, as most of MuSiQue's documents; what else these say answers nothing
STAND_IN = 0.6        # of the thin ones may be asked for in words that are not those of their document
FREE_SHARE = {True: 0.7, False: 0.02}     # of the facts have a free or an asked relation: in those worlds, in others
ASKED_OF_FREE = 0.65  # of these are asked ones
MIN_FACTS = 3         # facts of a document that the evaluation renders, at least
WORKS = ("film", "song", "magazine", "book")


class World:
    def __init__(self, rng: random.Random, held: bool = False):
        self.rng, self.names = rng, Names(rng, held)
        self.entities: list[Entity] = []
        self.parents: dict[int, list[tuple[Entity, str]]] = {}
        self._used: set[str] = set()
        self._paged: set[int] = set()     # entities of which is settled whose document has their facts
        self.seed = rng.randrange(1 << 30)
        self.free = not held and rng.random() < FREE_WORLDS

    # -- entities -------------------------------------------------------------
    def new(self, kind: str, surname: str | None = None, must: tuple[str, ...] = (), near: float = 0.25, style: str = "", like: str | None = None) -> Entity:
        """A new entity; with the chance ``near`` its name shares words with one that is there (among evaluation names only from 0.5 on).

        ``style``: "site" for burial places, "party" for parties, else by kind.  ``like``: the name that it nearly has.
        """
        r = self.rng
        while True:
            if like:
                name = self.names.namesake(like)
            else:
                near_to = [] if surname or r.random() >= near or (self.names.held and near < 0.5) else [e.name for e in self.entities if e.kind == kind]
                name = self.names.near(r.choice(near_to)) if near_to else self._name(kind, surname, style)
            if name.lower() not in self._used and not refuse(name, self.names.held):
                break
        self._used.add(name.lower())
        title = name
        x = r.random()
        if kind == "film" and x < 0.25:
            title = f"{name} (film)" if x < 0.13 else f"{name} ({r.randint(1915, 2015)} film)"
        elif kind == "song" and x < 0.15:
            title = f"{name} (song)"
        elif kind == "magazine" and x < 0.15:
            title = f"{name} (magazine)"
        elif kind == "book" and x < 0.2:
            title = f"{name} ({'novel' if x < 0.12 else 'book'})"
        elif kind == "place" and x < 0.1:
            title = f"{name}, {fresh(self.names.town, self.names.held)}"
        elif kind == "person" and x < 0.08:
            title = f"{name} {r.choice(SURNAME_TAGS)}"
        elif kind == "person" and x < 0.12 and " " in name:
            parts = name.split(" ")     # the text uses a shorter or longer name than the title
            title = fresh(lambda: " ".join([parts[0], self.names.word("english", True), *parts[1:]]), self.names.held)
        e = Entity(len(self.entities), kind, name, title, held=self.names.held)
        self.entities.append(e)
        if must:
            self.facts(e, must)
        return e

    def _name(self, kind: str, surname: str | None, style: str) -> str:
        n, r = self.names, self.rng
        if kind == "person":
            return n.person(surname)
        if kind in WORKS:
            return n.work()
        if kind == "org":
            return n.party() if style == "party" else n.organisation()
        return n.place() if style == "site" or not style and r.random() < 0.2 else n.town()

    def facts(self, e: Entity, must: tuple[str, ...] = (), few: bool = False) -> dict[str, Value]:
        """The facts of e's document (3-5 of them, ``few``: 1-2), drawn once."""
        if e.made:
            return e.facts
        e.made = True
        table = dict(OF_KIND[e.kind])
        thin = self.free and self.rng.random() < THIN
        n = 1 if thin else self.rng.choice((1, 2, 2) if few else (3, 3, 3, 3, 4, 5))
        chosen = list(must)
        for m in must:
            table.pop(m, None)
        while len(chosen) < n and table:
            if not self.names.held and self.rng.random() < FREE_SHARE[self.free]:
                k = self._unlisted()
                if k not in chosen:
                    chosen.append(k)
                continue
            if self.rng.random() < OPEN_SHARE:
                k = self.rng.choice(OPEN[self.rng.choice(list(OPEN))])
                if k not in chosen:
                    chosen.append(k)
                continue
            k = self.rng.choices(list(table), list(table.values()))[0]
            table.pop(k)
            chosen.append(k)
        self.rng.shuffle(chosen)
        for rel in chosen:
            e.facts[rel] = self.value(e, rel)
        if thin and len(chosen) == 1 and self.rng.random() < STAND_IN:
            e.stand_in = self._stand_in(e.facts[chosen[0]])
        return e.facts

    def _stand_in(self, v: Value) -> str:
        """A relation of other words that leads to a thing of the same kind (plain values are of one); "" when none came up."""
        kind = v.entity and v.entity.kind
        for _ in range(30):
            rel = self._unlisted() if self.rng.random() < 0.7 else self.rng.choice(OPEN[self.rng.choice(list(OPEN))])
            to = leads_to(rel)
            if to == kind or to == "work" and kind in WORKS:
                return rel
        return ""

    def _unlisted(self) -> str:
        """A relation that is put together by chance."""
        return asked.relation(self.rng, self.names) if self.rng.random() < ASKED_OF_FREE else fresh(lambda: free.relation(self.rng), plain=True)

    def parent(self, child: Entity) -> tuple[Entity, str]:
        """A new entity one of whose facts leads to ``child``, and the relation by which it does."""
        r = self.rng
        while True:
            kind = r.choice(list(OF_KIND))
            if not self.names.held and r.random() < FREE_SHARE[self.free]:
                rel = self._unlisted()
            else:
                rel = r.choice(OPEN[r.choice(list(OPEN))]) if r.random() < OPEN_SHARE else r.choice(list(OF_KIND[kind]))
            to = leads_to(rel)
            if inner(rel) and (to == child.kind or to == "work" and child.kind in WORKS or to == "same" and kind == child.kind):
                break
        e = self.new(kind, must=(rel,))
        e.facts[rel] = Value(self._variant(child), child, ("e", child.id))
        self.parents.setdefault(child.id, []).append((e, rel))
        return e, rel

    def value(self, e: Entity, rel: str) -> Value:
        r = self.rng
        kind = leads_to(rel)
        if kind:
            kind = e.kind if kind == "same" else r.choice(WORKS) if kind == "work" else kind
            pool = [x for x in self.entities if x.kind == kind and x.id != e.id] if r.random() < 0.08 else []
            if pool:
                v = r.choice(pool)
            else:
                family = rel in ("father", "mother", "child", "sibling", "spouse") and e.kind == "person" and r.random() < 0.35
                v = self.new(kind, e.name.split(" ")[-1] if family and " " in e.name and not e.name.endswith("Jr.") else None,
                             style={"place of burial": "site", "member of political party": "party"}.get(rel, "town" if kind == "place" else ""))
            self.parents.setdefault(v.id, []).append((e, rel))
            return Value(self._variant(v), v, ("e", v.id))
        if rel in ("date of birth", "date of death"):
            return self._date(0.05, r.randint(1000, 1800) if r.random() < 0.15 else r.randint(1800, 2012))
        if rel in ("publication date", "inception"):
            return self._date(0.7, r.randint(1900, 2020))
        if rel in ("country", "country of origin", "country of citizenship"):
            i = r.randrange(len(COUNTRIES)) if r.random() < (0.6 if self.names.held else 0.3) else r.choice(self._near_countries())
            return self.country(i, rel)
        if is_free(rel) or is_asked(rel):
            t = fresh(lambda: (asked if is_asked(rel) else free).value(rel, r), plain=True)
        elif rel == "award received":
            t = r.choice(AWARDS) if r.random() < 0.5 else self.names.award()
        elif rel == "cause of death":
            t = r.choice(CAUSES)
        else:
            t = r.choice(OCCUPATIONS)
        return Value(t, None, ("t", t))

    def country(self, i: int, rel: str) -> Value:
        """The i-th country in one of its forms."""
        r, forms = self.rng, COUNTRIES[i]
        t = forms[0] if r.random() < (0.7 if rel == "country" else 0.45) else r.choice(forms)
        return Value(t, None, ("c", i))

    def _variant(self, e: Entity) -> str:
        """Now and then other documents call an entity by a longer or shorter name than its own document does."""
        words, r = e.name.split(" "), self.rng
        if self.names.held or e.kind != "person" or r.random() >= 0.05:
            return e.name
        if len(words) >= 3:
            short = " ".join(words[:1] + words[-1:])
            return e.name if refuse(short) else short
        of = r.random() < 0.5
        return fresh(lambda: f"{e.name} of {self.names.town()}" if of else " ".join([words[0], self.names.word("english", True), *words[1:]]))

    def _near_countries(self) -> list[int]:
        """A few countries per world, so that "the same country" is often true."""
        if not hasattr(self, "_near"):
            self._near = [self.rng.randrange(len(COUNTRIES)) for _ in range(2)]
        return self._near

    def _date(self, only_year: float, year: int) -> Value:
        r = self.rng
        x = r.random()
        if x < only_year:
            t = str(year)
        elif x < only_year + (1 - only_year) * 0.7:
            t = f"{r.randint(1, 28)} {r.choice(MONTHS)} {year}"
        else:
            t = f"{r.choice(MONTHS)} {r.randint(1, 28)}, {year}"
        return Value(t, None, ("d", year, t))

    # -- documents ------------------------------------------------------------
    def page(self, e: Entity) -> Entity:
        """Whose document has the facts of e; drawn once. In free worlds often another's: one that leads to e, or any."""
        if e.host is None and self.free and not e.guests and e.id not in self._paged and self.rng.random() < GUESTS:
            above = [p for p, _ in self.parents.get(e.id, []) if p.host is None and p.id != e.id]
            e.host = self.rng.choice(above) if above and self.rng.random() < 0.2 else self.new(self.rng.choice(list(OF_KIND)), near=0.1)
            self.facts(e.host, few=True)
            e.host.guests.append(e)
            self._paged.add(e.host.id)
        self._paged.add(e.id)
        return e.host or e

    def hollow(self, e: Entity) -> Entity:
        """A document named after e that speaks of something else."""
        other = self.new(self.rng.choice(list(OF_KIND)), near=0.1)
        other.heading = e.title
        self._paged.add(other.id)
        return other

    def document(self, e: Entity) -> dict:
        """The document under e's title: its facts and those of its guests."""
        facts = self.facts(e)
        if not e.text:
            if self.free and not e.heading and e.title == e.name and self.rng.random() < 0.4:
                e.heading = fresh(lambda: self._name(e.kind, None, ""))
            # drawn for training only: the evaluation's sets stay as their seeds made them
            if e.guests or any(map(is_asked, facts)) or not self.names.held and self.rng.random() < (0.6 if self.free else ASKED_SHARE):
                e.text = self._asked(e)
            else:
                triples = [(e.name, r, v.text) for r, v in facts.items()] + self._beside(e, len(facts))
                if self.free:
                    self.rng.shuffle(triples)
                e.text = document(self.seed, e.title, e.name, triples)
        return {"title": e.heading or e.title, "text": e.text}

    def _beside(self, e: Entity, said: int) -> list[tuple[str, str, str]]:
        """What documents of a free world say of their title that no question asks for: as much as the evaluation adds."""
        return beside.triples(self.rng, self.names, e.heading or e.title, MIN_FACTS - said) if self.free else []

    def _asked(self, e: Entity) -> str:
        r = self.rng
        said = []
        all_facts = [(x.name, rel, v.text) for x in (e, *e.guests) for rel, v in self.facts(x).items()]
        all_facts += self._beside(e, len(all_facts))
        if self.free:
            r.shuffle(all_facts)
        for name, rel, value in all_facts:
            if is_asked(rel):
                said.append(asked.stated(rel, name, value))
            elif r.random() < 0.6 and not beside.is_beside(rel):
                question = r.choice(outer(rel, True)).replace("{x}", name)
                said.append(f"{question[0].upper()}{question[1:]} {value}.")
            else:
                said.append(document(self.seed, name, name, [(name, rel, value)]))
        return " ".join(said)
