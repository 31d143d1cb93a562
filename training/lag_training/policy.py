"""The oracle: the ideal response to any question, given the documents of each step and the logs in front."""
from __future__ import annotations

from dataclasses import dataclass, field

from .questions import Chain, Question
from .relations import noun
from .world import Entity, Value

NOTHING = "The newest documents add nothing."


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
    """Follows one chain with the documents of steps 1..upto first, then with the logs: where both speak, the document wins."""
    facts, e, shown, i = [], c.subject, c.form, 0
    v: Value | None = None
    passed: list[str | None] = []          # values on the way, None where a longer answer jumped over them
    while i < len(c.relations):
        rel = c.relations[i]
        v = e.facts.get(rel)
        if groups.get(e.id, 99) <= upto and v is not None:
            facts.append((shown, rel, v.text, (e.id, rel)))
            i += 1
            passed.append(v.text)
        elif (e.id, rel) in logs.facts:
            v = logs.facts[(e.id, rel)]
            i += 1
            passed.append(v.text)
        else:
            # a log may have stated a longer part of the chain from the subject in one sentence
            known = {k: logs.answers[(c.subject.id, c.relations[:k])] for k in range(i + 1, len(c.relations) + 1) if (c.subject.id, c.relations[:k]) in logs.answers}
            longer = [k for k, (_, way) in known.items() if all(a is None or a == b for a, b in zip(passed, way))]
            if not longer:
                return Progress(facts, None, shown, e)
            v = known[max(longer)][0]
            passed += [None] * (max(longer) - i)
            i = max(longer)
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
        nouns = [noun(r) for r in reversed(q.chains[0].relations)]
        return canonical(nouns, q.chains[0].form, values[0].text), values[0].text
    (a, b), (va, vb), c = [x.form for x in q.chains], values, q.compare
    if c["pick"] == "same":
        same = va.key == vb.key
        s = c["sentence"].replace("{have}", "have" if same else "do not have").replace("{a}", a).replace("{b}", b)
        return f"Since {va.text} {'matches' if same else 'differs from'} {vb.text}, {s}", "yes" if same else "no"
    # the earlier year always comes first, whatever is asked: so the comparison and the choice are two small decisions, not one tangled one
    (x, vx), (y, vy) = sorted(((a, va), (b, vb)), key=lambda p: p[1].year())
    w = x if c["pick"] == "min" else y
    return f"Since {vx.year()} for {x} is before {vy.year()} for {y}, " + c["sentence"].replace("{w}", w), w


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
    said = " ".join(canonical([noun(r)], s, v) for s, r, v in facts) or NOTHING
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


def lesson(q: Question, last: Response, groups: dict[int, int], g: int, whole: bool) -> LogKnowledge:
    """What the log of a finished trace says: its last response, or (``whole``) all of them."""
    logs, none = LogKnowledge(), LogKnowledge()
    before = set() if whole else {f[3] for c in q.chains for f in walk(c, groups, g - 1, none).facts}
    for c in q.chains:
        at: Entity | None = c.subject
        for shown, rel, text, key in walk(c, groups, g, none).facts:
            if key not in before:
                logs.facts[key] = at.facts[rel]
            at = at.facts[rel].entity
    if last.kind == "answer":
        if q.compare:
            logs.compared.add(q.key())
        else:
            c = q.chains[0]
            way = tuple(true_value(c.subject, c.relations[:k]).text for k in range(1, len(c.relations) + 1))
            logs.answers[(c.subject.id, c.relations)] = (true_value(c.subject, c.relations), way)
    return logs
