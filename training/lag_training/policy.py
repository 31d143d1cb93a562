"""The oracle: the ideal response to any question, given the documents of each step and the logs in front."""
from __future__ import annotations

from dataclasses import dataclass, field

from .questions import Chain, Question
from .wordings import RELATIONS
from .world import Entity, Value

NOTHING = "The newest documents add nothing."


@dataclass
class LogKnowledge:
    """What the last responses of the logs in front say."""
    facts: set[tuple[int, str]] = field(default_factory=set)
    answers: set[tuple[int, tuple[str, ...]]] = field(default_factory=set)
    compared: set[tuple] = field(default_factory=set)


@dataclass
class Progress:
    facts: list[tuple[str, str, str, tuple[int, str]]]   # (name as shown, relation, value, key), documents only, chain order
    value: Value | None                                  # of the whole chain, when known
    need: str                                            # name of the entity whose document is needed next
    need_entity: Entity | None


def true_value(e: Entity, relations: tuple[str, ...]) -> Value:
    for rel in relations:
        v = e.facts[rel]
        e = v.entity
    return v


def walk(c: Chain, groups: dict[int, int], upto: int, logs: LogKnowledge) -> Progress:
    """Follows one chain with the documents of steps 1..upto first, then with the logs."""
    facts, e, shown, i = [], c.subject, c.form, 0
    v: Value | None = None
    while i < len(c.relations):
        rel = c.relations[i]
        v = e.facts.get(rel)
        if groups.get(e.id, 99) <= upto and v is not None:
            facts.append((shown, rel, v.text, (e.id, rel)))
            i += 1
        elif v is not None and (e.id, rel) in logs.facts:
            i += 1
        else:
            # a log may have stated a longer part of the chain from the subject in one sentence
            longer = [k for k in range(i + 1, len(c.relations) + 1) if (c.subject.id, c.relations[:k]) in logs.answers]
            if not longer:
                return Progress(facts, None, shown, e)
            i = max(longer)
            v = true_value(c.subject, c.relations[:i])
        e, shown = v.entity, v.text
    return Progress(facts, v, "", None)


def new_facts(q: Question, groups: dict[int, int], g: int, logs: LogKnowledge) -> list[tuple[str, str, str]]:
    before = {f[3] for c in q.chains for f in walk(c, groups, g - 1, logs).facts}
    out = []
    for c in q.chains:
        for shown, rel, text, key in walk(c, groups, g, logs).facts:
            if key not in before:
                before.add(key)
                out.append((shown, rel, text))
    return out


def canonical(relation_nouns: list[str], subject: str, value: str) -> str:
    return "The " + " of the ".join(relation_nouns) + f" of {subject} is {value}."


def answer_of(q: Question, values: list[Value]) -> tuple[str, str]:
    """(answer sentence, answer)."""
    if not q.compare:
        nouns = [RELATIONS[r]["noun"] for r in reversed(q.chains[0].relations)]
        return canonical(nouns, q.chains[0].form, values[0].text), values[0].text
    (a, b), (va, vb), c = [x.form for x in q.chains], values, q.compare
    if c["pick"] == "same":
        same = va.key == vb.key
        s = c["sentence"].replace("{have}", "have" if same else "do not have").replace("{a}", a).replace("{b}", b)
        return f"Since {va.text} {'matches' if same else 'differs from'} {vb.text}, {s}", "yes" if same else "no"
    before = va.year() < vb.year()
    w, l = (a, b) if before == (c["pick"] == "min") else (b, a)
    return f"Since {va.year()} is {'before' if before else 'after'} {vb.year()}, " + c["sentence"].replace("{w}", w).replace("{l}", l), w


@dataclass
class Response:
    text: str
    kind: str                 # answer, keywords, unknown
    added: bool
    facts: list[tuple[str, str, str]]
    answer: str = ""
    needs: list[Entity] = field(default_factory=list)


def respond(q: Question, groups: dict[int, int], g: int, logs: LogKnowledge | None = None) -> Response:
    """The ideal response at step g; ``groups``: entity id -> step that brought its document."""
    logs = logs or LogKnowledge()
    facts = new_facts(q, groups, g, logs)
    said = " ".join(canonical([RELATIONS[r]["noun"]], s, v) for s, r, v in facts) or NOTHING
    ends = [walk(c, groups, g, logs) for c in q.chains]
    values = [p.value for p in ends]
    if q.compare and q.key() in logs.compared:
        values = [v or true_value(c.subject, c.relations) for v, c in zip(values, q.chains)]
    if all(values):
        sentence, answer = answer_of(q, values)
        if not said.endswith(sentence):       # a one-hop question: the fact is the answer sentence
            said = f"{said} {sentence}"
        return Response(f"{said} <ans> {answer} </ans>", "answer", bool(facts), facts, answer)
    needs = [p.need_entity for p in ends if p.value is None]
    if g >= 2 and not facts and not new_facts(q, groups, g - 1, logs):
        return Response(f"{said} <ans> unknown </ans>", "unknown", False, facts, "unknown", needs)
    names = list(dict.fromkeys(p.need for p in ends if p.value is None))
    return Response(f"{said} <keywords> {', '.join(names)} </keywords>", "keywords", bool(facts), facts, "", needs)


def learn(logs: LogKnowledge, q: Question, last: Response, groups: dict[int, int], g: int) -> None:
    """Adds what the last response of a finished trace says."""
    before = {f[3] for c in q.chains for f in walk(c, groups, g - 1, LogKnowledge()).facts}
    for c in q.chains:
        for f in walk(c, groups, g, LogKnowledge()).facts:
            if f[3] not in before:
                logs.facts.add(f[3])
    if last.kind == "answer":
        if q.compare:
            logs.compared.add(q.key())
        else:
            logs.answers.add((q.chains[0].subject.id, q.chains[0].relations))
