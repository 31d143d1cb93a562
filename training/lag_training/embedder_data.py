"""Queries and passages that the embedder learns from: one generated world gives a few dozen, with which passages help which query.

Documents and logs are separate indexes, so a query is only ever compared with the passages of one kind:
  documents  helped by: the subjects of a question, the entities that keywords name
  logs       helped by: the same question in other words, its first hops, what goes on from it
Hard negatives are what lexical retrieval brings too: names that share words, the same entity with another relation, the same
question about other names.  What helps a little (only the first hop is shared; a hop in the middle) counts as neither.
"""
from __future__ import annotations

import random
from dataclasses import dataclass, field

from . import questions as Q
from .examples import main_question, relatives, trace
from .world import Entity, World

RESPONSE_SHARE = 0.35    # of the log passages hold the last response too: the runtime's index text is question + line break + response
HELPS, NEUTRAL, NO = 1, 0, -1


@dataclass
class Lot:
    """Queries and passages of one world.  ``docs_of[i]`` and ``logs_of[i]``: the passages that help query i; ``neutral_logs[i]``: those that must not count."""
    world: World
    queries: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    logs: list[str] = field(default_factory=list)
    docs_of: list[set[int]] = field(default_factory=list)
    logs_of: list[set[int]] = field(default_factory=list)
    neutral_logs: list[set[int]] = field(default_factory=list)


def passage(title: str, text: str) -> str:
    return f"{title}: {text}"


def log_passage(question: str, last_response: str = "") -> str:
    return f"{question}\n{last_response}" if last_response else question


def relation_of(a: Q.Question, b: Q.Question) -> int:
    """Whether a log of b helps with a: a chain of one begins with the whole of a chain of the other."""
    found = NO
    for x in a.chains:
        for y in b.chains:
            n = min(len(x.relations), len(y.relations))
            if x.subject is y.subject and x.relations[:n] == y.relations[:n]:
                return HELPS
            if _hops(x) & _hops(y):
                found = NEUTRAL
    return found


def _hops(c: Q.Chain) -> set[tuple[int, str]]:
    out, e = set(), c.subject
    for rel in c.relations:
        out.add((e.id, rel))
        v = e.facts.get(rel)
        if v is None or v.entity is None:
            break
        e = v.entity
    return out


def misleading(w: World, c: Q.Chain) -> list[Q.Question]:
    """Questions that look like one about c: a name that shares words with the same relations, the same name with another relation."""
    r, out = w.rng, []
    e = w.new(c.subject.kind, near=0.9)
    w.facts(e, c.relations[:1])
    n = len(c.relations)
    q = Q.Question("one", [Q.Chain(e, Q.form_of(r, e), c.relations)]) if n == 1 else \
        Q.chain(w, e, n, c.relations[:1], e.facts[c.relations[0]].entity) if Q.inner(c.relations[0]) else None
    out += [q] if q else []
    others = [x for x in w.facts(c.subject) if x != c.relations[0]]
    if others:
        out.append(Q.Question("one", [Q.Chain(c.subject, Q.form_of(r, c.subject), (r.choice(others),))]))
    return [Q.word(q, r) for q in out]


def keywords(w: World, e: Entity) -> str:
    """An entity as a keyword names it: as its own or as another document does."""
    r, names = w.rng, [e.name, e.title]
    names += [p.facts[rel].text for p, rel in w.parents.get(e.id, []) if rel in p.facts and p.facts[rel].entity is e]
    return r.choice(names)


def lot(rng: random.Random, held: bool = False, mains: int = 2) -> Lot:
    w = World(rng, held)
    out = Lot(w)
    kept: list[Q.Question] = []                       # the question behind each log
    asked: list[Q.Question] = []
    for _ in range(mains):
        q = main_question(w)
        near = misleading(w, rng.choice(q.chains))
        some = relatives(w, q, rng)
        kept += [q, *rng.sample(some, min(3, len(some))), *near]
        asked += [Q.again(q, rng), rng.choice(some), *([rng.choice(near)] if near else [])]
    for q in kept:
        text = ""
        if rng.random() < RESPONSE_SHARE:
            text = trace(w, q)[0][-1].text
        out.logs.append(log_passage(q.text, text))
    wanted: list[list[Entity]] = []
    for q in asked:
        q = Q.again(q, rng)
        out.queries.append(q.text)
        wanted.append([c.subject for c in q.chains])
        kinds = [relation_of(q, x) for x in kept]
        out.logs_of.append({i for i, k in enumerate(kinds) if k == HELPS})
        out.neutral_logs.append({i for i, k in enumerate(kinds) if k == NEUTRAL})
    docs: dict[int, Entity] = {e.id: e for es in wanted for e in es}
    for e in list(docs.values())[:4]:                 # what shares words with what is asked for
        x = w.new(e.kind, near=0.9)
        docs[x.id] = x
    for e in list(docs.values())[:4]:                 # its relatives, whose documents name it too or are named by it
        for v in w.facts(e).values():
            if v.entity is not None and len(docs) < 12:
                docs.setdefault(v.entity.id, v.entity)
    place = {id_: i for i, id_ in enumerate(docs)}
    out.documents = [passage(**w.document(e)) for e in docs.values()]
    some = rng.sample(list(docs.values()), min(5, len(docs)))
    for group in ([some[:2]] if rng.random() < 0.5 else [some[:1], some[1:2]]) + [[e] for e in some[2:]]:
        out.queries.append(", ".join(keywords(w, e) for e in group))
        wanted.append(group)
        out.logs_of.append(set())
        out.neutral_logs.append(set())
    out.docs_of = [{place[e.id] for e in es} for es in wanted]
    return out
