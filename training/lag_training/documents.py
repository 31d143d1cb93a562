"""Renders a document from (subject, relation, value) triples; the TypeScript renderer does the same."""
from __future__ import annotations

from .names import fnv1a32
from .wordings import RELATIONS, WORDINGS


def sentence(seed: int | str, subject: str, relation: str, value: str) -> str:
    """The sentence of one triple; its template is chosen by a hash so that both languages agree."""
    templates = RELATIONS[relation]["templates"] if relation in RELATIONS else [f"The {relation} of {{subject}} is {{value}}."]
    t = templates[fnv1a32(f"{seed}|{subject}|{relation}|{value}") % len(templates)]
    # replaced in one pass over the template, so that a name containing "{value}" stays as it is
    return "".join({"{subject}": subject, "{value}": value}.get(x, x) for x in _split(t))


def _split(template: str, keys: tuple[str, ...] = ("{subject}", "{value}")) -> list[str]:
    out: list[str] = []
    rest = template
    while rest:
        hits = [(rest.find(k), k) for k in keys if k in rest]
        if not hits:
            return out + [rest]
        i, k = min(hits)
        out += [rest[:i], k]
        rest = rest[i + len(k):]
    return out


def render(seed: int | str, triples: list[tuple[str, str, str]]) -> str:
    """A document's text: its sentences joined by one space."""
    return " ".join(sentence(seed, s, r, v) for s, r, v in triples)


def alias(seed: int | str, title: str, subject: str) -> str:
    """First sentence of a document whose title is not the name that its sentences use."""
    templates = WORDINGS["alias"]
    t = templates[fnv1a32(f"{seed}|{title}|{subject}") % len(templates)]
    return "".join({"{subject}": subject, "{title}": title}.get(x, x) for x in _split(t, ("{subject}", "{title}")))


def document(seed: int | str, title: str, subject: str, triples: list[tuple[str, str, str]]) -> str:
    """Text of a document: the alias sentence when title and name differ, then every triple."""
    first = [alias(seed, title, subject)] if title != subject else []
    return " ".join(first + [render(seed, triples)])
