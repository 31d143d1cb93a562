"""Writes the generated evaluation set: questions in the 2WikiMultiHop form and a corpus that holds their documents.

All names are made of held-out parts (names.py), so nothing here was ever seen in training.
"""
from __future__ import annotations

import argparse
import json
import random

from . import questions as Q
from .examples import main_question
from .policy import answer_of, true_value
from .wordings import FIXTURES
from .world import World

TYPES = ("compositional", "inference", "comparison", "bridge_comparison")


def record(i: int, q: Q.Question, again: Q.Question) -> dict:
    """evidences[i] is stated by the document titled supporting_facts[i][0]; both in the order of 2WikiMultiHop: hop by hop."""
    facts = []
    for h in range(max(len(c.relations) for c in q.chains)):
        for c in q.chains:
            e = c.subject
            for rel in c.relations[:h]:
                e = e.facts[rel].entity
            facts.append((e.title, e.name, c.relations[h], e.facts[c.relations[h]].text))
    _, answer = answer_of(q, [true_value(c.subject, c.relations) for c in q.chains])
    return {"_id": f"generated-{i:03d}", "type": "chain" if q.type == "one" else q.type, "question": q.text, "again": again.text, "answer": answer,
            "supporting_facts": [[t, 0] for t, *_ in facts], "evidences": [list(f) for _, *f in facts]}


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--seed", type=int, default=2024)
    ap.add_argument("--questions", type=int, default=300)
    ap.add_argument("--documents", type=int, default=1200)
    args = ap.parse_args()
    rng = random.Random(args.seed)
    w = World(rng, held=True)
    records, docs = [], {}
    for i in range(args.questions):
        q = main_question(w, TYPES[i % 4])
        records.append(record(i, q, Q.again(q, rng, swap=False)))
        for c in q.chains:
            e = c.subject
            for rel in c.relations:
                docs[e.id] = e
                e = e.facts[rel].entity
    for e in w.entities:                      # relatives of the questions' entities, then strangers, as distractors
        if len(docs) >= args.documents:
            break
        docs.setdefault(e.id, e)
    while len(docs) < args.documents:
        e = w.new(rng.choice(("film", "person", "song", "org", "place", "magazine")))
        docs[e.id] = e
    # two entities may not share a title
    titles = [e.title.lower() for e in docs.values()]
    assert len(set(titles)) == len(titles)
    order = list(docs.values())
    rng.shuffle(order)
    out = FIXTURES / "generated"
    out.mkdir(parents=True, exist_ok=True)
    (out / "generated-questions.json").write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (out / "generated-corpus.jsonl").write_text("".join(json.dumps(w.document(e), ensure_ascii=False) + "\n" for e in order), "utf-8")
    print(f"{len(records)} questions, {len(order)} documents")


if __name__ == "__main__":
    main()
