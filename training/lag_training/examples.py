"""Tree-packed training examples.

One tree = a trunk (logs in front, begin-of-text, instruction, document groups)
and many branches (question + ideal response), each hanging on the end of one
group.  A branch sees the trunk up to its group and itself.  So the documents,
which are most of a prompt, are computed once for a dozen responses.  Branches
are packed into lanes (rows of equal length) that share the trunk.
"""
from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from . import questions as Q
from .compose import ASSISTANT, BOS, EOT, PAD, USER, group, head
from .policy import LogKnowledge, Response, lesson, respond, true_value, walk
from .world import Entity, Value, World

MODES = ("none", "text-last", "text-all", "kv", "kv-all", "kv-isolated")
WHOLE = ("text-all", "kv", "kv-all")     # modes in which every response of a log can be known
TRUNK_MAX = 2800    # tokens, logs with their earlier responses included
LANE = 224          # tokens of a lane; a longer branch is dropped
LANES = 4           # lanes of every tree: equal numbers let all lanes of a batch share their trunks' keys in one product
# of the questions about documents; train --shares sets others for a phase
SHARES = {"one": 0.05, "chain": 0.28, "two": 0.23, "comparison": 0.17, "bridge": 0.27}
FAILED_LOGS = 0.03  # of the logs end in "unknown": they are stored but come only when a task asks for them (unansweredLogs)
ENDS_EARLY = {True: 0.5, False: 0.06}      # of the chains have a late document among the first: in free worlds, in others
GOES_ON = 0.6       # of the trees whose logs help ask for one hop more than a log covers, with rival logs: the same relations of other entities
SPEAKS_OF = 0.5     # of the documents that go on from a name come with the one that says the name, which lexical retrieval finds by it, too
# what stands in front besides the first logs of the main questions: (kind, share in trees whose logs help, share in trees where none does)
OTHERS = (("shared", 0.18, 0), ("other end", 0.07, 0), ("other relation", 0.06, 0.08), ("near name", 0.05, 0.06), ("namesake", 0.14, 0.22), ("contradicted", 0.13, 0.20), ("alike", 0.28, 0.36), ("stranger", 0.09, 0.08))
ONE_HOP = 0.5       # of the logs that a document contradicts speak of the first hop alone: the last response says in words what must not be believed
MANY = 10           # from so many logs in front most are of one or two hops, else they would not fit
HOLLOW = 0.5        # of the times that a document of another title is needed, one of the right title comes too or instead, and says nothing of it
SIDE_WEIGHT = 0.1   # loss weight of documents, logs and questions: helps copying to appear early


@dataclass
class Branch:
    g: int
    question: Q.Question
    response: Response
    log: bool = False      # a log in front may complete it


@dataclass
class Tree:
    mode: str
    groups: list[list[Entity]]
    branches: list[Branch]
    logs: list[list[Response]]
    world: World
    said: LogKnowledge         # what the last responses of the logs say in words: less than is known where rows carry the rest


def weigh(shares: str) -> None:
    """Other weights of the kinds of questions, in the order of ``SHARES``, separated by commas; none given: as they are."""
    if shares:
        SHARES.update(zip(SHARES, map(float, shares.split(","))))


def any_question(w: World, e: Entity, others: list[Entity]) -> Q.Question | None:
    """A random question in which e's document plays a part (subject or bridge)."""
    r = w.rng
    kind = r.choices(list(SHARES), list(SHARES.values()))[0]
    w.facts(e)
    if kind == "one":
        return Q.one_hop(w, e)
    if kind == "chain":
        return Q.chain_through(w, e)
    if kind == "two":                               # one chain of two hops
        want = r.random() < 0.6
        parents = [p for p in w.parents.get(e.id, []) if p[1] in Q.FIRST_HOPS.get(p[0].kind, [])]
        subject, hop = (e, None)
        if parents and r.random() < 0.7:            # e as the bridge
            subject, hop = r.choice(parents)
        if subject.kind == "person" and want:
            return Q.inference(w, subject)
        return Q.compositional(w, subject, hop)
    if kind == "comparison":
        kinds = [k for k, s in Q.KIND_OF_SUBJECT.items() if s == e.kind and not k.startswith("director") and Q.COMPARE[k]["relations"][0] in e.facts]
        if not kinds:
            return None
        kind = r.choice(kinds)
        rel = Q.COMPARE[kind]["relations"][0]
        pool = [o for o in list(others) if o.made and o.id != e.id and o.kind == e.kind and rel in w.facts(o)]
        if not pool and r.random() < 0.8:
            return None
        pool = _evened(w, pool, kind, lambda o: o.facts[rel].key == e.facts[rel].key)
        b = r.choice(pool) if pool and r.random() < 0.85 else w.new(e.kind, must=(rel,))
        return Q.comparison(w, e, b, kind)
    # bridge comparison: e is a film, or the director of one
    films = [e] if e.kind == "film" else [p for p, rel in w.parents.get(e.id, []) if rel == "director"]
    films = [f for f in films if "director" in w.facts(f)]
    if not films:
        return None
    a = r.choice(films)
    pool = [o for o in list(others) if o.made and o.kind == "film" and o.id != a.id and "director" in w.facts(o)]
    if not pool and r.random() < 0.6:
        return None
    b = r.choice(pool) if pool and r.random() < 0.85 else w.new("film", must=("director",))
    da = w.facts(w.facts(a)["director"].entity)
    w.facts(w.facts(b)["director"].entity)
    kinds = [k for k in Q.COMPARE if k.startswith("director") and Q.COMPARE[k]["relations"][1] in da]
    if not kinds:
        return None
    kind = r.choice(kinds)
    rel = Q.COMPARE[kind]["relations"][1]
    pool = [o for o in pool if rel in w.facts(w.facts(o)["director"].entity)]
    if pool and not w.names.held:
        b = r.choice(_evened(w, pool, kind, lambda o: o.facts["director"].entity.facts[rel].key == da[rel].key))
    return Q.comparison(w, a, b, kind)


def _evened(w: World, pool: list[Entity], kind: str, same) -> list[Entity]:
    """Those of the pool that are the same as what they are compared with, or those that are not: either half of the time, where there are any."""
    if Q.COMPARE[kind]["pick"] != "same" or w.names.held:
        return pool
    want = w.rng.random() < 0.5
    return [o for o in pool if same(o) == want] or pool


def main_question(w: World, type_: str | None = None) -> Q.Question:
    """A question of one of the four types in equal parts whose facts all exist."""
    r = w.rng
    type_ = type_ or r.choices(("compositional", "inference", "comparison", "bridge_comparison", "chain"), (1, 1, 1, 2, 2))[0]
    while True:
        q = None
        if type_ == "compositional":
            kind = r.choice(["film"] * 5 + ["person"] * 3 + ["song", "magazine", "org"])
            e = w.new(kind)
            if w.free and r.random() < 0.7:
                w.facts(e)
                on = Q.passes(e)
                q = Q.compositional(w, e, r.choice(on)) if on else None
            else:
                w.facts(e, (r.choice(Q.FIRST_HOPS[kind]),))
                q = Q.compositional(w, e)
        elif type_ == "chain":
            q = chain_question(w, r.choice((3, 3, 4)))
        elif type_ == "inference":
            rels = r.choice(list(Q.INFERENCE)) if r.random() < 0.5 else r.choice([("father", "father"), ("mother", "father"), ("spouse", "father"), ("father", "mother")])
            e = w.new("person")
            w.facts(e, (rels[0],))
            w.facts(e.facts[rels[0]].entity, (rels[1],))
            q = Q.inference(w, e)
        elif type_ == "comparison":
            kind = r.choice([k for k in Q.COMPARE if not k.startswith("director")])
            rel = Q.COMPARE[kind]["relations"][0]
            a, b = w.new(Q.KIND_OF_SUBJECT[kind], must=(rel,)), w.new(Q.KIND_OF_SUBJECT[kind], must=(rel,))
            _often_same(w, a, b, kind, rel)
            q = Q.comparison(w, a, b, kind)
        else:
            kind = r.choice([k for k in Q.COMPARE if k.startswith("director")])
            rel = Q.COMPARE[kind]["relations"][1]
            a, b = w.new("film", must=("director",)), w.new("film", must=("director",))
            for x in (a, b):
                w.facts(x.facts["director"].entity, (rel,))
            _often_same(w, a.facts["director"].entity, b.facts["director"].entity, kind, rel)
            q = Q.comparison(w, a, b, kind)
        if q is not None and all(Q._end(w, c.subject, c.relations) for c in q.chains):
            return Q.word(q, r)


def _often_same(w: World, a: Entity, b: Entity, kind: str, rel: str) -> None:
    """Half of the entities that are asked whether they have the same country get the same (in training)."""
    if Q.COMPARE[kind]["pick"] == "same" and not w.names.held and a is not b and rel in a.facts and rel in b.facts and w.rng.random() < 0.5:
        b.facts[rel] = w.country(a.facts[rel].key[1], rel)


def chain_question(w: World, hops: int) -> Q.Question | None:
    """A chain of ``hops`` relations from a new entity; None when chance led into a dead end."""
    r = w.rng
    kind = r.choice(["film"] * 4 + ["person"] * 4 + ["book", "book", "song", "magazine", "org", "place"])
    e = w.new(kind)
    if r.random() < (0.3 if w.free else 0.8):
        w.facts(e, (r.choice(Q.FIRST_HOPS[kind]),))
    return Q.chain(w, e, hops)


def trace(w: World, q: Q.Question, fails: bool = False) -> tuple[list[Response], dict[int, int]]:
    """Solves q with ideal retrieval (now and then a step brings nothing): its responses and what was known when.
    ``fails``: one of the documents never comes, so that the answer is "unknown" unless that document is not needed."""
    r = w.rng
    lost = r.choice([e for c in q.chains for e in (c.subject, *passed(c)[: len(c.relations) - 1])]).id if fails else None
    groups: dict[int, int] = {}
    out: list[Response] = []
    need = [c.subject for c in q.chains] + ends_early(w, [q])
    for g in range(1, 9):
        for e in need:
            w.facts(e)
            if r.random() < 0.93 and e.id != lost:
                for x in (page := w.page(e), *page.guests):
                    groups.setdefault(x.id, g)
        a = respond(q, groups, g)
        out.append(a)
        if a.kind != "keywords":
            break
        need = a.needs
    return out, groups


def ends_early(w: World, qs: list[Q.Question]) -> list[Entity]:
    """Entities late in the chains whose documents come with the first ones: a question shares words with what it ends in, too."""
    out: list[Entity] = []
    for q in qs if not w.names.held else ():
        way = passed(w.rng.choice(q.chains))[: len(q.chains[0].relations) - 1]
        if way and w.rng.random() < ENDS_EARLY[w.free]:
            out.append(way[-1] if w.rng.random() < 0.75 else w.rng.choice(way))
    return out


def alike(w: World, q: Q.Question, namesakes: bool = False) -> Q.Question | None:
    """The same relations of other entities, or some of them in a row; ``namesakes``: of some with nearly the same names, from their beginning."""
    chains = []
    for c in q.chains:
        there = _elsewhere(w, c, c.subject.name if namesakes else None)
        if not there:
            return None
        chains.append(there)
    if q.compare and q.compare["pick"] != "same" and len({true_value(c.subject, c.relations).year() for c in chains}) == 1:
        return None
    n = len(chains[0].relations)
    if n > 1 and not q.compare and w.rng.random() < 0.6:
        first = 0 if namesakes else w.rng.randint(0, n - 1)
        return Q.part(w, chains[0], first, w.rng.randint(first + 1, n))
    found = Q.Question(q.type, chains, q.compare)
    return (other_end(w, found) or found) if namesakes and not q.compare and w.rng.random() < 0.3 else found


def other_end(w: World, q: Q.Question) -> Q.Question | None:
    """A chain of q to its last hop, and there another relation."""
    c = w.rng.choice(q.chains)
    way = [c.subject, *passed(c)][: len(c.relations)]
    if len(way) < len(c.relations):
        return None
    ends = [rel for rel, v in w.facts(way[-1]).items() if rel != c.relations[-1] and (v.entity is None or v.entity not in way)]
    if not ends:
        return None
    relations = (*c.relations[:-1], w.rng.choice(ends))
    kin = q.type == "inference" and relations in Q.INFERENCE and relations[1] not in ("sibling", "spouse")      # of those two, one may be asked for the other
    return Q.Question("inference" if kin else ("one", "compositional", "chain")[min(len(way), 3) - 1], [Q.Chain(c.subject, c.form, relations)])


def one_hop_more(w: World, asked: list[Q.Question]) -> Q.Question | None:
    """A question that goes on from where a log ends: the rows say a name, and only a document says the rest."""
    r = w.rng
    for q in r.sample(asked, len(asked)):
        c = q.chains[0]
        if q.compare or len(c.relations) > 3:
            continue
        k = len(c.relations) if r.random() < 0.7 else r.randint(1, len(c.relations))
        if x := Q.part(w, c, 0, k, 1):
            return Q.word(x, r)
    return None


def rival(w: World, q: Q.Question) -> Q.Question | None:
    """A question of another entity that ends in the same relation as q: its log has an answer that must not be taken for q's."""
    r = w.rng
    n = len(q.chains[0].relations)
    c = _elsewhere(w, q.chains[0])
    if c is None:
        return None
    whole = Q.Question(q.type, [c])
    if r.random() < 0.5 and (text := same_words(q, whole)):
        whole.text = text
        return whole
    x = Q.part(w, c, r.choice((0, r.randint(0, n - 1))), n)
    return Q.word(x, r) if x else None


def _elsewhere(w: World, c: Q.Chain, like: str | None = None) -> Q.Chain | None:
    """The relations of a chain from a new entity, of nearly the name ``like``; None where it does not lead through."""
    e = x = w.new(c.subject.kind, like=like)
    for rel in c.relations:
        if x is None or rel not in w.facts(x, (rel,)):
            return None
        x = x.facts[rel].entity
    return Q.Chain(e, Q.form_of(w.rng, e), c.relations)


def named_by(q: Q.Question, e: Entity) -> Entity | None:
    """The entity whose document says e's name on the way of q; None for a subject, or where e is not on it."""
    for c in q.chains:
        way = [c.subject, *passed(c)]
        for before, x in zip(way, way[1:]):
            if x is e:
                return before
    return None


def other_way(w: World, q: Q.Question) -> Q.Question | None:
    """The last hops of a chain of q, come to by another way: from a new entity that leads to where they begin.
    It is what MuSiQue's questions share most often."""
    c = w.rng.choice(q.chains)
    n = len(c.relations)
    if n < 2:
        return None
    k = w.rng.randint(1, n - 1)
    e, rel = w.parent(passed(c)[k - 1])
    rels = (rel, *c.relations[k:])
    return Q.Question("compositional" if len(rels) == 2 else "chain", [Q.Chain(e, Q.form_of(w.rng, e), rels)])


def same_words(q: Q.Question, other: Q.Question) -> str | None:
    """The text of q with the names of a question of the same relations, which retrieval likes best; None where that cannot be."""
    if [c.relations for c in q.chains] != [c.relations for c in other.chains]:
        return None
    text = q.text
    for at, c in enumerate(q.chains):
        if text.count(c.form) != 1:
            return None
        text = text.replace(c.form, f"\0{at}\0")
    for at, c in enumerate(other.chains):
        text = text.replace(f"\0{at}\0", c.form)
    return text


def log_for(w: World, mains: list[Q.Question], r: random.Random, first: bool, helps: bool = True, brief: bool = False):
    """(question, trace, what all of them say, what the last one says) of one log in front; None when it came to nothing.

    Related (the same question, a part of it, more than it, its last hops from elsewhere, another relation of its last entity), near misses (the same entity, another relation; a name that
    shares words; the same relations of other entities, which is what retrieval brings most often, also of some with nearly the same names), a log that says something
    else than the documents do, strangers (``OTHERS``).  ``helps`` False: none of the related ones.  ``brief``: of one or two hops, mostly one.
    """
    kind = "shared" if first else r.choices([k for k, *_ in OTHERS], [share[0 if helps else 1] for _, *share in OTHERS])[0]
    q: Q.Question | None = r.choice(mains)
    changed, worded = None, False
    if kind == "shared":
        c = q.chains[0]
        if r.random() < 0.3 and (shared := other_way(w, q)):
            q = shared
        elif len(c.relations) >= 2 and not q.compare and r.random() < (0.55 if first else 0.35):      # the first hops only
            q = Q.part(w, c, 0, r.randint(1, len(c.relations) - 1))
        elif not q.compare and r.random() < 0.15:
            q = Q.part(w, c, 0, len(c.relations), 1) or q
        else:
            worded = r.random() < 0.25
    elif kind == "other relation":
        e = r.choice(q.chains).subject
        q = any_question(w, e, w.entities)
    elif kind == "near name":                   # the same relations
        c = r.choice(q.chains)
        e = w.new(c.subject.kind, near=0.9)
        w.facts(e, c.relations[:1])
        q = Q.Question("one", [Q.Chain(e, Q.form_of(r, e), c.relations[:1])]) if len(c.relations) == 1 else Q.chain(w, e, len(c.relations), c.relations[:1], e.facts[c.relations[0]].entity) if Q.inner(c.relations[0]) else None
    elif kind == "contradicted":
        c = r.choice(q.chains)
        n = min(len(c.relations), 2) if brief else len(c.relations)
        hops = 1 if n == 1 or r.random() < ONE_HOP else r.randint(2, n)
        q = Q.part(w, c, 0, hops)
        at = r.randrange(hops)
        changed = _belie(w, [c.subject, *passed(c)][at], c.relations[at], c.relations[at + 1: hops])
        if not changed or not all(Q._end(w, c.subject, c.relations[:k]) for k in range(1, hops + 1)):
            q = None
    elif kind == "other end":
        q = other_end(w, r.choice(mains))
    elif kind in ("alike", "namesake"):
        same = r.choice(mains)
        q = alike(w, same, kind == "namesake")
        if q and r.random() < 0.6 and (text := same_words(same, q)):
            q, worded = Q.Question(q.type, q.chains, q.compare, text), True
    else:
        q = main_question(w)
    if q is not None and brief and not changed and len(q.chains[0].relations) > 1:
        c, worded = r.choice(q.chains), False
        q = Q.part(w, c, 0, r.choice((1, 1, 2))) if Q._end(w, c.subject, c.relations[:2]) else None
    out = None
    if q is not None:
        out = solved(w, q if worded and q.text else Q.again(q, r))
    if changed:
        e, rel, true, false = changed
        e.facts[rel] = true
        if false.entity:
            w.parents[false.entity.id].remove((e, rel))
    return out


def _belie(w: World, e: Entity, rel: str, then: tuple[str, ...]) -> tuple[Entity, str, Value, Value] | None:
    """Gives e another value, from which the relations ``then`` lead on -> (e, relation, true value, false value); None when chance gave the same."""
    true, false = e.facts[rel], w.value(e, rel)
    if false.key == true.key:           # a country, or an entity that is there already
        if false.entity:
            w.parents[false.entity.id].remove((e, rel))
        return None
    e.facts[rel] = false
    x = false.entity
    for further in then:
        if x is None or further not in w.facts(x, (further,)):
            break
        x = x.facts[further].entity
    return e, rel, true, false


def solved(w: World, q: Q.Question):
    """A log of q as ``log_for`` gives it; None when it came to nothing."""
    responses, known = trace(w, q, w.rng.random() < FAILED_LOGS)
    n, a = len(responses), responses[-1]
    if a.kind == "answer" or a.kind == "unknown" and all(Q._end(w, c.subject, c.relations) for c in q.chains):
        return q, responses, lesson(q, a, known, n, True), lesson(q, a, known, n, False)
    return None


def relatives(w: World, q: Q.Question, r: random.Random) -> list[Q.Question]:
    """Questions that a log of q helps with, or seems to: again, its parts, what lies beyond."""
    out = [Q.again(q, r)]
    for c in q.chains:
        n = len(c.relations)
        if n > 1:
            out += [Q.part(w, c, 0, k) for k in r.sample(range(1, n), min(n - 1, 2))] + [Q.part(w, c, r.randint(1, n - 1), n)]
        if n > 2 and r.random() < 0.5:
            k = r.randint(1, n - 2)
            out.append(Q.part(w, c, k, r.randint(k + 1, n - 1)))
        if not q.compare:
            out.append(Q.part(w, c, 0, n, 1))
    return [Q.word(x, r) if not x.text else x for x in out if x is not None]


def passed(c: Q.Chain) -> list[Entity]:
    """The entities that a chain leads to, its subject not included."""
    out: list[Entity] = []
    x: Entity | None = c.subject
    for rel in c.relations:
        x = x.facts[rel].entity if x is not None and rel in x.facts else None
        if x is None:
            break
        out.append(x)
    return out


def build(rng: random.Random, mode: str, held: bool = False, short: bool = False, deep: bool = False) -> Tree:
    """``short``: one step of documents.  ``deep``: chains of three and four hops, and the steps that they take."""
    w = World(rng, held)
    r = rng
    n_groups = 1 if short else r.choices((3, 4, 5), (35, 50, 15))[0] if deep else r.choices((1, 2, 3, 4, 5, 6, 8), (8, 31, 26, 20, 7, 5, 3))[0]
    mains = [main_question(w, "chain" if deep or mode != "none" and r.random() < (0.5 if mode == "kv" else 0.3) else None) for _ in range(2 if short else r.choice((2, 3)) if deep else r.choice((1, 1, 2, 2, 3)))]
    knowledge, said = LogKnowledge(), LogKnowledge()
    logs: list[list[Response]] = []
    asked: list[Q.Question] = []
    groups_of: dict[int, int] = {}
    helps = True

    def in_front(found) -> None:
        if found and knowledge.merge(found[2] if mode in WHOLE else found[3]):
            if found[0] not in asked:
                asked.append(found[0])
            said.merge(found[3])
            logs.append(found[1])

    if mode != "none":
        helps = r.random() < 0.55                  # else nothing in front helps the main questions, as with most retrieval
        n_logs = 0 if r.random() < 0.08 else r.choices((r.randint(1, 3), r.randint(4, 6), r.randint(7, 9), r.randint(10, 24)), (45, 35, 14, 6))[0]
        for i in range(n_logs):
            own = helps and i < len(mains) and (i == 0 or r.random() < 0.5)     # of a main question, often of its first hops only
            in_front(log_for(w, mains[i: i + 1] if own else mains, r, own, helps, n_logs >= MANY and r.random() < 0.8))
        if helps and not held and r.random() < GOES_ON and (further := one_hop_more(w, asked)):
            mains[1:] = [further, *mains[1:2]]
            for _ in range(r.choice((1, 1, 2))):
                if q := rival(w, further):
                    in_front(solved(w, q))
        r.shuffle(logs)

    # documents: what the main questions need next, plus distractors; some documents never come
    withheld: set[int] = set()
    hollow: set[int] = set()       # entities that a document is named after which says nothing of them
    groups: list[list[Entity]] = []
    beyond = [e for q in asked if not q.compare for e in passed(q.chains[0])]
    for g in range(1, n_groups + 1):
        need: list[Entity] = []
        for q in mains:                            # what goes on from a log is the hardest to learn: it gets its documents
            need += respond(q, groups_of, g, LogKnowledge() if r.random() < (0.2 if logs else 0.5) else knowledge).needs if g > 1 else [c.subject for c in q.chains]
        if g == 1:
            need += ends_early(w, mains)
        elif not held:
            need += [x for e in need for q in mains if (x := named_by(q, e)) and r.random() < SPEAKS_OF]
        if r.random() < 0.5:
            need += r.sample(beyond, min(len(beyond), r.choice((1, 1, 2))))
        elsewhere = [e for e in need if w.page(e) is not e and e.id not in hollow and r.random() < HOLLOW]
        need = list({p.id: p for e in need for p in [w.page(e)]}.values())
        for p in need:                             # a document that is there may turn out to speak of more
            if p.id in groups_of:
                groups_of.update({x.id: groups_of[p.id] for x in p.guests if x.id not in groups_of})
        need = [e for e in need if e.id not in groups_of and e.id not in withheld]
        if r.random() < 0.35:
            r.shuffle(need)                        # else the first question's needs come first
        for e in need:
            if r.random() < (0.2 if logs else 0.15 if g > 1 else 0):
                withheld.add(e.id)
        need = [e for e in need if e.id not in withheld]
        n = r.choices((0, 1, 2, 3), (5, 38, 55, 2))[0]
        if len(need) >= 2 and r.random() < 0.6:
            n = max(n, 2)
        if r.random() < 0.12:
            need = []                              # a wrong retrieval
        here = need[: n if r.random() < 0.75 else max(1, n - 1)][:n]
        if elsewhere and n > 1:
            hollow.add(elsewhere[0].id)
            here[n - 1:] = [w.hollow(elsewhere[0])]
        while len(here) < n:                       # distractors: relatives of what is there, or strangers
            pool = [e for e in w.entities if e.id not in groups_of and e not in here and e.id not in withheld]
            x = r.random()
            if pool and x < 0.22:
                if (p := w.page(r.choice(pool))) not in here and p.id not in groups_of and p.id not in withheld:
                    here.append(p)
            elif need and x < 0.85:                # what lexical retrieval brings too: the same kind, words in common
                here.append(w.new(r.choice(need).kind, near=0.85))
            else:
                here.append(w.new(r.choice(("film", "film", "film", "person", "person", "song", "org", "place", "magazine"))))
        r.shuffle(here)
        for e in here:
            w.facts(e)
            groups_of.update({x.id: g for x in (e, *e.guests)})
        groups.append(here)
    speak_of = [[x for e in grp for x in (e, *e.guests)] for grp in groups]
    for g, grp in enumerate(speak_of, 1):
        for e in grp:                              # guests that came after their document was there
            groups_of.setdefault(e.id, g)

    branches: list[Branch] = []
    seen: set[tuple] = set()

    def add(q: Q.Question, g: int, log: bool = False) -> bool:
        k = (q.key(), g, q.text if log else "")
        if k in seen:
            return False
        a = respond(q, groups_of, g, knowledge)
        if not a.added and a.kind != "answer" and r.random() < 0.5:
            return False
        # the loop would have ended before this step
        if g > 1 and respond(q, groups_of, g - 1, knowledge).kind != "keywords" and r.random() < (0.6 if log else 0.95):
            return False
        seen.add(k)
        branches.append(Branch(g, q, a, log))
        return True

    for q in mains:
        for g in range(1, n_groups + 1):
            add(Q.again(q, r) if r.random() < 0.5 else q, g, bool(logs))
            if r.random() < 0.5:                   # the same documents, another way through them
                add(r.choice(relatives(w, q, r)), g, bool(logs))
    r.shuffle(asked)
    some_asked = asked if helps else asked[:1]     # without help the documents must do, and most that is asked must say so
    for q in some_asked[:6]:                            # a log answers these: at once, or when it comes at a later step
        for x in r.sample(some := relatives(w, q, r), min(len(some), 3 if len(asked) < 3 else 2)):
            add(x, 1 if r.random() < 0.5 else r.randint(1, n_groups), True)
    for q in some_asked[:5]:                       # a log leads to an entity, a document goes on from there
        for k, e in enumerate(passed(q.chains[0]), 1) if not q.compare else ():
            if e.id in groups_of and r.random() < 0.7 and (x := Q.part(w, q.chains[0], 0, k, 1)):
                g = groups_of[e.id]
                add(Q.word(x, r), g if r.random() < 0.7 else r.randint(g, n_groups), True)
    if mode in WHOLE:                              # names that only earlier responses of a log say: the rarest, and what rows are for
        for q in some_asked[:5]:
            c = q.chains[0]
            if not q.compare and len(c.relations) >= 3 and r.random() < (1 if mode == "kv" else 0.3):
                for k in r.sample(range(1, len(c.relations) - 1), min(len(c.relations) - 2, 2)):
                    add(Q.word(Q.part(w, c, 0, k), r), 1 if r.random() < 0.8 else r.randint(1, n_groups), True)
    docs = [e for grp in speak_of for e in grp]
    want = 9 if short else 13
    for _ in range(170):
        if len(branches) >= want or not docs:
            break
        g = r.randint(1, n_groups) if r.random() < 0.6 else n_groups
        near = speak_of[g - 1] if r.random() < 0.8 else [e for grp in speak_of[:g] for e in grp]
        if not near:
            continue
        q = any_question(w, r.choice(near), [e for grp in speak_of[:g] for e in grp])
        if q is None:
            continue
        q = Q.word(q, r)
        a = respond(q, groups_of, g, knowledge)
        if not a.added and r.random() < 0.75:
            continue
        # states that the loop meets: the first hop came before this step, the second one with it
        hops = len(q.chains[0].relations)
        before = [len(walk(c, groups_of, g - 1, knowledge).facts) for c in q.chains]
        if g > 1 and (min(before) == 0 if hops > 1 else max(before) == 0) and r.random() < 0.85:
            continue
        if g == 1 and hops > 1 and a.kind == "answer" and r.random() < 0.6:
            continue
        answers = sum(b.response.kind == "answer" and len(b.question.chains[0].relations) > 1 or bool(b.question.compare) for b in branches)
        if (a.kind == "keywords" or q.type == "one") and answers < 0.6 * len(branches) and r.random() < 0.88:
            continue                               # whole answers are rarer than first steps
        add(q, g)
    return Tree(mode, groups, branches, logs, w, said)


# -- token ids --------------------------------------------------------------------
def pack(tree: Tree, tok) -> dict | None:
    """Token ids, positions and masks of one tree; None when it is too long.

    trunk: ids, pos [T]; seg [T] (-1 main, i = log i); hid [T] (1 = only its own log sees it); tw [T] (weight of predicting the NEXT trunk token)
    slot [T] (token that a blank's token stands for, -1 none)
    lanes: ids, pos, branch (index, -1 = padding), vis (trunk length that it sees), target, weight, slot: [LANES, LANE]
    """
    w = tree.world
    texts: list[str] = []
    for responses in tree.logs:
        texts += [x.text + "\n\n" for x in responses]
    n_log_texts = len(texts)
    texts += [head()] + [group(i + 1, [w.document(e) for e in g]) for i, g in enumerate(tree.groups)]
    n_trunk = len(texts)
    for b in tree.branches:
        texts += [f"Question: {b.question.text}", b.response.text]
    enc = [x.ids for x in tok.encode_batch(texts, add_special_tokens=False)]
    lead = tok.encode("\n\n", add_special_tokens=False).ids
    spell = lambda text: tok.encode(f" {text}.", add_special_tokens=False).ids

    ids: list[int] = []; pos: list[int] = []; seg: list[int] = []; hid: list[int] = []; tw: list[float] = []; slot: list[int] = []
    p, k = 0, 0
    for i, responses in enumerate(tree.logs):
        parts = enc[k: k + len(responses)]
        k += len(responses)
        meant = [blanks(tok, x, a.silent if tree.mode in WHOLE else [None] * len(a.silent), spell) for x, a in zip(parts, responses)]
        slot += meant[-1] if tree.mode in ("text-last", "kv-isolated") else [-1] * (len(lead)) + [t for x in meant for t in x]
        earlier, last = lead + [t for x in parts[:-1] for t in x], parts[-1]
        if tree.mode in ("text-last", "kv-isolated"):
            earlier = []
        if tree.mode in ("text-all", "kv-all"):
            earlier, last = [], earlier + last
        of = i if tree.mode.startswith("kv") else -1
        n, h = len(last), len(earlier)
        ids += earlier + last; pos += range(p - h, p + n); seg += [of] * (h + n); hid += [1] * h + [0] * n
        tw += [SIDE_WEIGHT] * (h + n - 1) + [0.0]           # what follows is another log: nothing to predict
        p += n
    main: list[int] = [BOS, USER] + enc[n_log_texts]
    ends = []
    for e in enc[n_log_texts + 1: n_trunk]:
        main = main + e
        ends.append(len(ids) + len(main))
    n0 = len(ids)
    ids += main; pos += range(p, p + len(main)); seg += [-1] * len(main); hid += [0] * len(main); slot += [-1] * len(main)
    tw += [0.0] * (len(enc[n_log_texts]) + 1) + [SIDE_WEIGHT] * (len(main) - len(enc[n_log_texts]) - 2) + [0.0]
    if len(ids) > TRUNK_MAX:
        return None
    shift = -min(pos)
    lanes: list[list[tuple]] = []
    room: list[int] = []
    items = []
    for j, b in enumerate(tree.branches):
        q, a = enc[n_trunk + 2 * j], enc[n_trunk + 2 * j + 1]
        full = q + [EOT, ASSISTANT] + a + [EOT]
        wt = [SIDE_WEIGHT if t else 0.0 for t in range(len(q) - 1)] + [0.0, 0.0] + response_weights(a, b, tok)
        if len(full) - 1 <= LANE:
            st = [-1] * (len(q) + 2) + blanks(tok, a, b.response.silent, spell)
            items.append((full[:-1], full[1:], wt, st, ends[b.g - 1], p + ends[b.g - 1] - n0, j))
    tree.world.rng.shuffle(items)      # first come, first served: no kind of branch is left out more than another
    for it in items:
        n = len(it[0])
        for l in range(len(lanes)):
            if room[l] >= n:
                lanes[l].append(it); room[l] -= n
                break
        else:
            if len(lanes) < LANES:
                lanes.append([it]); room.append(LANE - n)
    R = LANES
    out = {k: np.zeros((R, LANE), np.int32) for k in ("ids", "pos", "vis", "target")}
    out["branch"] = np.full((R, LANE), -1, np.int32)
    out["slot"] = np.full((R, LANE), -1, np.int32)
    out["weight"] = np.zeros((R, LANE), np.float32)
    for l, lane in enumerate(lanes):
        at = 0
        for x, y, wt, st, vis, start, j in lane:
            s = slice(at, at + len(x))
            out["ids"][l, s] = x; out["target"][l, s] = y; out["weight"][l, s] = wt; out["slot"][l, s] = st
            out["pos"][l, s] = np.arange(start, start + len(x)) + shift
            out["vis"][l, s] = vis; out["branch"][l, s] = j
            at += len(x)
    return {"t_ids": np.array(ids, np.int32), "t_pos": np.array(pos, np.int32) + shift, "t_seg": np.array(seg, np.int32), "t_hid": np.array(hid, np.int32),
            "t_w": np.array(tw, np.float32), "t_slot": np.array(slot, np.int32), "lanes": out}


def blanks(tok, ids: list[int], silent: list[str | None], spell) -> list[int]:
    """For each token of a response the token that it stands for silently, -1 where none: a blank's tokens spell the name and its end."""
    out = [-1] * len(ids)
    i = n = 0
    while i < len(ids):
        if _piece(tok, ids[i]) != "_":
            i += 1
            continue
        end = i
        while end < len(ids) and _piece(tok, ids[end]) == "_":
            end += 1
        if silent[n] is not None:
            name = spell(silent[n])[: end - i]
            out[i: i + len(name)] = name
        i, n = end, n + 1
    assert n == len(silent), (tok.decode(ids), silent)
    return out


def response_weights(a: list[int], b: Branch, tok) -> list[float]:
    """Loss weights of a response and its end-of-turn: decisions (how a sentence begins, which year is the earlier one, which
    name wins) count more than the letters of a copied name, and comparisons and answers from logs, which are rarer, more than the rest."""
    base = 1.5 if b.question.compare or b.log else 1.0
    out: list[float] = []
    since = for_ = -1                                  # place of the last " Since", of the last " for" or " before" after it
    order = _starts(tok, a, (" earlier", " later")) if b.question.compare else set()
    same = _starts(tok, a, (" match,", " differ,")) if b.question.compare else set()
    for i in range(len(a) + 1):
        before = _piece(tok, a[i - 1]) if i else "."
        # how a sentence begins, what it speaks of, and whether it says or passes over
        begins = i < 2 or before.endswith(".")         # with logs this says whether they answer the question or only seem to
        w = base * (4.5 if begins and b.log else 3.0 if begins or before in ("The", " The", " is") else 2.0 if before == " the" else 0.3 if before == "_" else 1.0)
        if b.question.compare:
            if before == " Since":
                since = i
            if since >= 0 and before in (" for", " before"):
                for_ = i
            # the word that decides, and the name behind "earlier is", "later is"
            if i in order or i - 2 in order and before == " is" or since >= 0 and (i - since < 4 or 0 <= i - for_ < 3 and for_ > since):
                w = 6.0
            if i in same:
                w = 15.0
            if before == ">" and i > 4:
                w = max(w, 4.0)
        out.append(w)
    return out


def _starts(tok, ids: list[int], texts: tuple[str, ...]) -> set[int]:
    """Where one of the texts begins in ids, each of them taken as the tokens that it has by itself."""
    wanted = [tok.encode(t, add_special_tokens=False).ids for t in texts]
    return {i for i in range(len(ids)) for w in wanted if ids[i: i + len(w)] == w}


_PIECES: dict[int, str] = {}


def _piece(tok, i: int) -> str:
    if i not in _PIECES:
        _PIECES[i] = tok.decode([i], skip_special_tokens=False)
    return _PIECES[i]


def collate(packed: list[dict], multiple: int = 64) -> dict:
    """Trees of one batch, trunks padded to one length;  Numpy arrays."""
    B = len(packed)
    T = -(-max(len(x["t_ids"]) for x in packed) // multiple) * multiple
    t = {k: np.zeros((B, T), np.int32) for k in ("t_ids", "t_pos", "t_hid")}
    t["t_seg"] = np.full((B, T), -2, np.int32)
    t["t_slot"] = np.full((B, T), -1, np.int32)
    t["t_w"] = np.zeros((B, T), np.float32)
    for i, x in enumerate(packed):
        n = len(x["t_ids"])
        for k in t:
            t[k][i, :n] = x[k]
    lanes = {k: np.stack([x["lanes"][k] for x in packed]) for k in packed[0]["lanes"]}
    return {**t, **{"l_" + k: v for k, v in lanes.items()}}


def drawn(rng: random.Random, mode_shares: tuple[float, ...], short: float, deep: float) -> Tree:
    """A tree of the mixture; ``short`` and ``deep`` are chances (see ``build``)."""
    return build(rng, rng.choices(MODES, mode_shares)[0], short=rng.random() < short, deep=rng.random() < deep)


def batches(tok, seed: int, tokens: int, short, mode_shares: tuple[float, ...] = (1,) * len(MODES), deep: float = 0.3, pool: int = 60):
    """Endless batches of about ``tokens`` tokens; trees of like trunk length go together. ``short()`` tells the curriculum's part of short trees."""
    rng = random.Random(seed)
    packed: list[dict] = []                            # what made no whole batch waits for the next round
    while True:
        for _ in range(pool):
            t = drawn(rng, mode_shares, short(), deep)
            if t.branches:
                x = pack(t, tok)
                if x:
                    packed.append(x)
        packed.sort(key=lambda x: len(x["t_ids"]))
        out, cur, size = [], [], 0
        for x in packed:
            n = x["lanes"]["ids"].size + len(x["t_ids"])
            if cur and size + n > tokens:
                out.append(cur); cur, size = [], 0
            cur.append(x); size += n
        packed = cur
        rng.shuffle(out)
        for b in out:
            yield collate(b)
