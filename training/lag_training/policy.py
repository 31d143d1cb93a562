"""The oracle: the ideal response to any question, given the documents of each step and the logs in front."""
from __future__ import annotations

from dataclasses import dataclass, field

from .asked import is_asked, stated
from .questions import Chain, Question
from .relations import noun
from .world import Entity, Value

SLOTS = 10                  # tokens of a silent name
BLANK = "_" * SLOTS


@dataclass
class LogKnowledge:
    """What the logs in front say, as far as their mode shows it."""
    facts: dict[tuple[int, str], Value] = field(default_factory=dict)
    # (subject, relations) -> value of the whole chain, and what it passed through on the way
    answers: dict[tuple[int, tuple[str, ...]], tuple[Value, tuple[str, ...]]] = field(default_factory=dict)
    compared: set[tuple] = field(default_factory=set)

    def merge(self, other: "LogKnowledge") -> bool:
        """Takes over what another log says; False, and nothing taken over, when the two disagree."""
        if any(k in self.facts and self.facts[k].key != v.key for k, v in other.facts.items()):
            return False
        if any(k in self.answers and self.answers[k][0].key != v[0].key for k, v in other.answers.items()):
            return False
        self.facts.update(other.facts)
        self.answers.update(other.answers)
        self.compared |= other.compared
        return True


@dataclass
class Hop:
    """One resolved relation of a chain."""
    shown: str               # the subject as this chain names it, "" when nothing names it
    relation: str
    value: str | None        # None when a log says where the chain ends but not what it passes through
    key: tuple[int, str] | None      # None for what only logs say
    group: int               # step that brought the document, 0 for what only logs say


@dataclass
class Progress:
    hops: list[Hop]
    value: Value | None                                  # of the whole chain, when known
    need: str                                            # name of the entity whose document is needed next
    need_entity: Entity | None

    @property
    def facts(self) -> list[Hop]:
        """What documents say."""
        return [h for h in self.hops if h.key is not None]


def true_value(e: Entity, relations: tuple[str, ...]) -> Value:
    for rel in relations:
        v = e.facts[rel]
        e = v.entity
    return v


def walk(c: Chain, groups: dict[int, int], upto: int, logs: LogKnowledge) -> Progress:
    """Follows one chain with the documents of steps 1..upto first, then with the logs: where both speak, the document wins."""
    hops: list[Hop] = []
    e, shown, i = c.subject, c.form, 0
    v: Value | None = None
    while i < len(c.relations):
        rel = c.relations[i]
        v = e.facts.get(rel)
        if groups.get(e.id, 99) <= upto and v is not None:
            hops.append(Hop(shown, rel, v.text, (e.id, rel), groups[e.id]))
            i += 1
        elif (e.id, rel) in logs.facts:
            v = logs.facts[(e.id, rel)]
            hops.append(Hop(shown, rel, v.text, None, 0))
            i += 1
        else:
            # a log may have stated a longer part of the chain from the subject in one sentence
            known = {k: logs.answers[(c.subject.id, c.relations[:k])] for k in range(i + 1, len(c.relations) + 1) if (c.subject.id, c.relations[:k]) in logs.answers}
            longer = [k for k, (_, way) in known.items() if all(h.value is None or h.value == b for h, b in zip(hops, way))]
            if not longer:
                return Progress(hops, None, shown, e)
            k = max(longer)
            v = known[k][0]
            passed = c.relations[i:k]
            hops += [Hop("" if j else shown, r, v.text if j == len(passed) - 1 else None, None, 0) for j, r in enumerate(passed)]
            i = k
        e, shown = v.entity, v.text
    return Progress(hops, v, "", None)


def new_facts(q: Question, groups: dict[int, int], g: int, logs: LogKnowledge) -> list[Hop]:
    """What the documents of step g add, in the order of the chains."""
    before = {h.key for c in q.chains for h in walk(c, groups, g - 1, logs).facts}
    out: dict[tuple, Hop] = {}
    for c in q.chains:
        for h in walk(c, groups, g, logs).facts:
            if h.key not in before:
                out.setdefault(h.key, h)
    return list(out.values())


def canonical(relation_nouns: list[str], subject: str, value: str) -> str:
    return "The " + " of the ".join(relation_nouns) + f" of {subject} is {value}."


def fact(relation: str, subject: str, value: str) -> str:
    """One fact as responses say it."""
    return stated(relation, subject, value) if is_asked(relation) else canonical([noun(relation)], subject, value)


def answer_of(q: Question, values: list[Value]) -> tuple[str, str]:
    """(answer sentence, answer)."""
    if not q.compare:
        if len(q.chains[0].relations) == 1:
            return fact(q.chains[0].relations[0], q.chains[0].form, values[0].text), values[0].text
        nouns = [noun(r) for r in reversed(q.chains[0].relations)]
        return canonical(nouns, q.chains[0].form, values[0].text), values[0].text
    (a, b), (va, vb), c = [x.form for x in q.chains], values, q.compare
    if c["pick"] == "same":
        same = va.key == vb.key
        s = c["sentence"].replace("{have}", "have" if same else "do not have").replace("{a}", a).replace("{b}", b)
        return f"Since {va.text} and {vb.text} {'match' if same else 'differ'}, {s}", "yes" if same else "no"
    # the earlier year always comes first, whatever is asked, and which of the two is asked for is said before its name: three small decisions, not one tangled one
    (x, vx), (y, vy) = sorted(((a, va), (b, vb)), key=lambda p: p[1].year())
    w = x if c["pick"] == "min" else y
    return f"Since {vx.year()} for {x} is before {vy.year()} for {y}, " + c["sentence"].replace("{w}", w), w


def _compared(q: Question, c: Chain, hop: int) -> bool:
    """Whether a hop brings what is compared of something else than the chain's subject: then it is said of the subject
    ("the date of birth of the director of X"), so that the comparison need not look for whom the year belongs to."""
    return q.compare is not None and hop == len(c.relations) - 1 > 0


@dataclass
class Response:
    text: str
    kind: str                 # answer, keywords, unknown
    added: bool               # the newest documents say something that was not known
    silent: list[str | None]  # what the blanks of the text stand for, in order; None where nobody can tell
    answer: str = ""
    needs: list[Entity] = field(default_factory=list)


def respond(q: Question, groups: dict[int, int], g: int, logs: LogKnowledge | None = None) -> Response:
    """The ideal response at step g; ``groups``: entity id -> step that brought its document.

    It follows each chain from its subject.  What the newest documents add is said; what was known before is passed
    over with a blank, whose tokens hold the name without saying it: the next hop starts from there, and the rows of
    a last response carry what earlier ones said.
    """
    logs = logs or LogKnowledge()
    added = {h.key for h in new_facts(q, groups, g, logs)}
    ends = [walk(c, groups, g, logs) for c in q.chains]
    values = [p.value for p in ends]
    if q.compare and q.key() in logs.compared:
        values = [v or true_value(c.subject, c.relations) for v, c in zip(values, q.chains)]
    done = all(values)
    said: list[str] = []
    silent: list[str | None] = []
    told: set[tuple] = set()
    for c, p in zip(q.chains, ends):
        for i, h in enumerate(p.hops):
            if h.key in told and not _compared(q, c, i):       # the other chain passes here too
                continue
            if h.key is not None:
                told.add(h.key)
            if h.key in added and _compared(q, c, i):
                said.append(canonical([noun(r) for r in reversed(c.relations)], c.form, h.value))
            elif h.key in added:
                said.append(fact(h.relation, h.shown, h.value))
            elif not (done and not q.compare and i == len(p.hops) - 1):       # else the answer's sentence follows
                said.append(canonical([noun(h.relation)], h.shown, BLANK) if i == 0 else f"Then the {noun(h.relation)} is {BLANK}.")
                silent.append(h.value)
    if done:
        sentence, answer = answer_of(q, values)
        if said[-1:] != [sentence]:                   # a one-hop question: the fact is the answer's sentence
            said.append(sentence)
        return Response(" ".join(said) + f" <ans> {answer} </ans>", "answer", bool(added), silent, answer)
    needs = [p.need_entity for p in ends if p.value is None]
    if g >= 2 and not added and not new_facts(q, groups, g - 1, logs):
        return Response(" ".join([*said, "<ans> unknown </ans>"]), "unknown", False, silent, "unknown", needs)
    names = list(dict.fromkeys(p.need for p in ends if p.value is None))
    return Response(" ".join([*said, f"<keywords> {', '.join(names)} </keywords>"]), "keywords", bool(added), silent, "", needs)


def lesson(q: Question, last: Response, groups: dict[int, int], g: int, whole: bool) -> LogKnowledge:
    """What the log of a finished trace says: its last response, or (``whole``) all of them."""
    logs, none = LogKnowledge(), LogKnowledge()
    before = set() if whole else {h.key for c in q.chains for h in walk(c, groups, g - 1, none).facts}
    for c in q.chains:
        at: Entity | None = c.subject
        for i, h in enumerate(walk(c, groups, g, none).facts):
            v = at.facts[h.relation]
            if h.key not in before and _compared(q, c, i):
                logs.answers[(c.subject.id, c.relations)] = (v, _way(c))
            elif h.key not in before:
                logs.facts[h.key] = v
            at = v.entity
    if last.kind == "answer":
        if q.compare:
            logs.compared.add(q.key())
        else:
            c = q.chains[0]
            logs.answers[(c.subject.id, c.relations)] = (true_value(c.subject, c.relations), _way(c))
    return logs


def _way(c: Chain) -> tuple[str, ...]:
    """What a chain passes through, its end included."""
    return tuple(true_value(c.subject, c.relations[:k]).text for k in range(1, len(c.relations) + 1))
