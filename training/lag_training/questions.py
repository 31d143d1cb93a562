"""Questions over a world: one or two chains of relations and, for two, a comparison; several wordings of each."""
from __future__ import annotations

import random
from dataclasses import dataclass

from .relations import inner, outer
from .wordings import QUESTIONS
from .world import OF_KIND, Entity, World

COMPARE = {c["kind"]: c for c in QUESTIONS["comparison"]}
KIND_OF_SUBJECT = {"older": "person", "younger": "person", "died-first": "person", "died-later": "person", "same-nationality": "person",
                   "released-first": "film", "released-later": "film", "same-origin": "film", "founded-first": "org", "founded-later": "org",
                   "same-country": "place", "director-older": "film", "director-younger": "film", "director-died-first": "film",
                   "director-died-later": "film", "director-nationality": "film"}
OTHER_WORDS = 0.6     # of the questions about an entity that has a stand-in speak in its words
INFERENCE: dict[tuple[str, ...], list[str]] = {}
for _x in QUESTIONS["inference"]:
    INFERENCE.setdefault(tuple(_x["relations"]), []).extend(_x["templates"])


@dataclass
class Chain:
    subject: Entity
    form: str                    # how the question writes the subject
    relations: tuple[str, ...]


@dataclass
class Question:
    type: str                    # compositional, inference, comparison, bridge_comparison, one (one hop), chain (three and four hops)
    chains: list[Chain]
    compare: dict | None = None
    text: str = ""

    def key(self) -> tuple:
        ids = [(c.subject.id, c.relations) for c in self.chains]
        return (self.compare["kind"] if self.compare else "", frozenset(ids))


def form_of(rng: random.Random, e: Entity) -> str:
    """A subject as questions write it: mostly the title, often in Title Case ("The Sixth Of June")."""
    f = e.title if e.kind != "person" or rng.random() < 0.6 else e.name
    return f.title() if rng.random() < 0.5 else f


def _templates(q: Question, rng: random.Random) -> list[str]:
    """All wordings of q with {a} and {b} still open."""
    if q.compare:
        return q.compare["templates"]
    rels = q.chains[0].relations
    if q.type == "inference":
        return INFERENCE[rels]
    # the evaluation's sets keep to the wordings that they share with the runtime; so does half of the training
    further = not q.chains[0].subject.held and rng.random() < 0.5
    rels = _as_asked(q.chains[0], rng)
    x = ["{a}"]
    for rel in rels[:-1]:
        x = _filled(inner(rel, further), "{a}", x)
        if len(x) > 8:
            x = rng.sample(x, 8)
    return _filled(outer(rels[-1], further), "{x}", x)


def _as_asked(c: Chain, rng: random.Random) -> tuple[str, ...]:
    """The relations in whose words a question speaks of a chain: now and then others, where only one fact can be meant."""
    out, e = [], c.subject
    for rel in c.relations:
        other = e.stand_in if e is not None and rel in e.facts else ""
        out.append(other if other and rng.random() < OTHER_WORDS else rel)
        e = e.facts[rel].entity if e is not None and rel in e.facts else None
    return tuple(out)


def _filled(templates: list[str], hole: str, phrases: list[str]) -> list[str]:
    """Every template with every phrase, except that only a name or a chain of possessives takes a possessive:
    "the father of A's wife" is the wife's father, never the father's wife."""
    return [t.replace(hole, p) for t in templates for p in phrases if hole + "'s" not in t or p.startswith("{a}")]


def fill(template: str, forms: list[str]) -> str:
    a, _, rest = template.partition("{a}")
    if "{b}" in rest:
        m, _, z = rest.partition("{b}")
        return a + forms[0] + m + forms[1] + z
    return a + forms[0] + rest


def word(q: Question, rng: random.Random, avoid: str | None = None) -> Question:
    """The same question in some wording; ``avoid`` is a text that must not come again."""
    best = q
    for _ in range(12):
        t = rng.choice(_templates(q, rng))
        best = Question(q.type, q.chains, q.compare, fill(t, [c.form for c in q.chains]))
        if best.text != avoid:
            return best
    return best


def again(q: Question, rng: random.Random, swap: bool = True) -> Question:
    """Asked again in other words: new wording, now and then other spelling of the names or other order."""
    chains = [Chain(c.subject, form_of(rng, c.subject) if rng.random() < 0.4 else c.form, c.relations) for c in q.chains]
    if swap and len(chains) == 2 and rng.random() < 0.3:
        chains.reverse()
    return word(Question(q.type, chains, q.compare), rng, avoid=q.text)


# -- construction ---------------------------------------------------------------
FIRST_HOPS = {"film": ["director"] * 8 + ["producer", "composer", "cast member", "screenwriter", "production company"],
              "song": ["performer"] * 4 + ["composer", "record label"], "magazine": ["publisher", "editor", "creator"], "book": ["author"] * 3 + ["publisher"],
              "org": ["founded by"] * 2 + ["headquarters location"], "place": ["founded by", "located in the administrative territorial entity"],
              "person": ["father"] * 4 + ["mother"] * 3 + ["spouse"] * 3 + ["child", "sibling", "place of birth", "educated at"]}


def passes(e: Entity) -> list[str]:
    """Relations of e's document through which a question can go on."""
    return [r for r, v in e.facts.items() if v.entity is not None and inner(r)]


def one_hop(w: World, e: Entity) -> Question:
    r = w.rng
    f = w.facts(e)
    rel = r.choice(list(f)) if r.random() < 0.93 else r.choice(list(OF_KIND[e.kind]))
    return Question("one", [Chain(e, form_of(r, e), (rel,))])


def compositional(w: World, e: Entity, hop: str | None = None, last: str | None = None) -> Question | None:
    """Two hops from e, the first one by a relation of which e's document speaks."""
    r = w.rng
    f = w.facts(e)
    hop = hop or r.choice([h for h in FIRST_HOPS[e.kind] if h in f] or passes(e) or [None])
    if hop is None or not inner(hop):
        return None
    v = f[hop].entity
    vf = w.facts(v)
    last = last or (r.choice(list(vf)) if r.random() < 0.95 else r.choice(list(OF_KIND[v.kind])))
    if (hop, last) in INFERENCE and r.random() < 0.5:
        return None
    return Question("compositional", [Chain(e, form_of(r, e), (hop, last))])


def inference(w: World, e: Entity, last: str | None = None) -> Question | None:
    r = w.rng
    f = w.facts(e)
    options = []
    for rels in INFERENCE:
        if rels[0] in f:
            if rels[1] == "sibling" and "father" in f and "mother" in f:
                continue                              # "uncle" would have two readings
            if rels == ("mother", "spouse") and "father" in f or rels == ("father", "spouse") and "mother" in f:
                continue
            v = f[rels[0]].entity
            vf = w.facts(v)
            if rels[1] in vf or r.random() < 0.05:
                options.append(rels)
    if not options:
        return None
    return Question("inference", [Chain(e, form_of(r, e), r.choice(options))])


def chain(w: World, e: Entity, hops: int, start: tuple[str, ...] = (), last: Entity | None = None) -> Question | None:
    """``hops`` relations from e, never back to an entity that was passed; ``start`` relations lead to ``last`` and are kept."""
    r = w.rng
    rels, x, passed = list(start), last or e, {e.id}
    y = e
    for rel in start:
        y = w.facts(y)[rel].entity
        passed.add(y.id)
    while len(rels) < hops - 1:
        w.facts(x)
        on = [p for p in passes(x) if x.facts[p].entity.id not in passed]
        if not on:
            return None
        rels.append(r.choice(on))
        x = x.facts[rels[-1]].entity
        passed.add(x.id)
    ends = [k for k, v in w.facts(x).items() if v.entity is None or v.entity.id not in passed]
    if not ends or len(rels) < hops - 1:
        return None
    rels.append(r.choice(ends))
    return Question("one" if hops == 1 else "compositional" if hops == 2 else "chain", [Chain(e, form_of(r, e), tuple(rels))])


def chain_through(w: World, e: Entity) -> Question | None:
    """A chain of three or four hops in which e plays a part: up through those that lead to e, then on from e."""
    r = w.rng
    x, up, passed = e, [], {e.id}
    for _ in range(r.choice((0, 1, 1, 2, 2, 3))):
        above = [(p, rel) for p, rel in w.parents.get(x.id, []) if p.id not in passed and p.made and rel in p.facts and p.facts[rel].entity is x and inner(rel)]
        if not above:
            break
        x, rel = r.choice(above)
        up.insert(0, rel)
        passed.add(x.id)
    hops = max(3, len(up) + r.choice((1, 1, 2)))
    return chain(w, x, min(4, hops), tuple(up), e) if len(up) < 4 else None


def part(w: World, c: Chain, first: int, last: int, more: int = 0) -> Question | None:
    """Hops first..last of a chain (``last`` not included) as a question of its own, with ``more`` hops added at the end."""
    r = w.rng
    e, form = c.subject, c.form
    for rel in c.relations[:first]:
        e, form = e.facts[rel].entity, e.facts[rel].text
    rels, x, passed = list(c.relations[first:last]), e, {e.id}
    for rel in rels:
        x = x.facts[rel].entity
        if x is not None:
            passed.add(x.id)
    for _ in range(more):
        ends = [k for k, v in w.facts(x).items() if v.entity is None or v.entity.id not in passed] if x and inner(rels[-1]) else []
        if not ends:
            return None
        rels.append(r.choice(ends))
        x = x.facts[rels[-1]].entity
        if x is not None:
            passed.add(x.id)
    return Question("one" if len(rels) == 1 else "compositional" if len(rels) == 2 else "chain", [Chain(e, form, tuple(rels))])


def _end(w: World, e: Entity, rels: tuple[str, ...]):
    for rel in rels:
        v = w.facts(e).get(rel)
        if v is None:
            return None
        e = v.entity
    return v


def comparison(w: World, a: Entity, b: Entity, kind: str) -> Question | None:
    """Compares a and b; None when a date ties or a value is missing."""
    r = w.rng
    c = COMPARE[kind]
    rels = tuple(c["relations"])
    va, vb = _end(w, a, rels), _end(w, b, rels)
    if va is None or vb is None or a.id == b.id:
        return None
    if c["pick"] != "same" and va.year() == vb.year():
        return None
    chains = [Chain(x, form_of(r, x), rels) for x in (a, b)]
    if r.random() < 0.5:
        chains.reverse()
    return Question(c["type"], chains, c)
