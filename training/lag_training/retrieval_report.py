"""Recall in the first three: the runtime's lexical index, the embedder, both together; documents and logs.

Generated sets (make_sets --out DIR) have names that training never drew; so has the first set (make_questions).  Documents by question: those of the subjects that the
question names.  Documents by keywords: a name as another document gives it.  Logs, all sets' seen questions (the misleading ones too) in one bank: the
question asked again in other words, or one whose first hops an earlier one solved; and the entity in the middle of an earlier chain,
which that question's text does not name.  A log is its question, or question and last response (what the runtime indexes).

With the given development data (test data: never trained on) each question looks for earlier ones that share a
fact: an evidence's subject and relation (2WikiMultiHop), a sub-question (MuSiQue); itself left out, any one is found.
"""
from __future__ import annotations

import argparse
import json
import re
from collections import defaultdict
from pathlib import Path

import numpy as np

from .embedder import OUT
from .embedder_data import log_passage, passage
from .embedder_export import OnnxEmbedder
from .lexical import LexicalIndex
from .make_sets import SETS
from .policy import BLANK, canonical
from .relations import noun
from .wordings import FIXTURES

TOP, RRF, RESAMPLES = 3, 60, 2000
DEPTH = 100       # of a list that the fusion looks at
METHODS = ("lexical", "dense", "both")
Task = tuple[str, set[int], int]      # query, what helps, which one to leave out (-1: none)


def load(path: Path) -> list[dict]:
    return json.loads(path.read_text("utf-8"))


def ends(x: dict) -> int:
    """Chains of a question: its evidences come hop by hop, one of each chain."""
    return 2 if x["type"] in ("comparison", "bridge_comparison") else 1


def last_response(x: dict) -> str:
    """What the last step of an ideal trace says when each document comes in a step of its own, as ``policy.respond``
    has it for a chain; of a comparison, which retrieval finds by its names, the two facts that are compared."""
    *before, (s, r, v) = [tuple(e) for e in x["evidences"]]
    if ends(x) > 1:
        said = [canonical([noun(r)], s, v) for s, r, v in x["evidences"][-2:]]
    else:
        nouns = [noun(relation) for _, relation, _ in (*before, (s, r, v))]
        said = [canonical(nouns[:1], before[0][0], BLANK)] if before else []
        said += [f"Then the {n} is {BLANK}." for n in nouns[1:-1]]
        said.append(canonical([nouns[-1]], s, v))
        if before:
            said.append(canonical(nouns[::-1], before[0][0], v))
    return " ".join(said) + f" <ans> {x['answer']} </ans>"


def said(x: dict) -> str:
    """The last response, or what is known of it: MuSiQue's questions have no evidences."""
    return last_response(x) if "evidences" in x else f"<ans> {x['answer']} </ans>"


# -- tasks: name -> (entries, queries) ------------------------------------------------
def document_tasks(folder: Path):
    """Per set and time a corpus, asked by questions and by keywords."""
    for name in SETS:
        lines = [json.loads(x) for x in (folder / name / "corpus.jsonl").read_text("utf-8").splitlines()]
        for time in ("seen", "unseen"):
            docs = [d for d in lines if d.get("only", time) == time]
            place = {d["title"]: i for i, d in enumerate(docs)}
            asked: list[Task] = []
            named: list[Task] = []
            for x in load(folder / name / f"{time}.json"):
                n, titles = ends(x), [t for t, _ in x["supporting_facts"]]
                want = {place[t] for t in titles[:n] if t in place}
                if want:
                    asked.append((x["question"], want, -1))
                for i in range(n, len(titles)):
                    if titles[i] in place:
                        named.append((x["evidences"][i - n][2], {place[titles[i]]}, -1))
            yield f"documents by question, {name}", docs, asked
            yield f"documents by keywords, {name}", docs, named


def log_tasks(folder: Path):
    bank: list[dict] = []
    queries: dict[str, list[Task]] = defaultdict(list)
    for name in SETS:
        seen = load(folder / name / "seen.json")
        for i, x in enumerate(load(folder / name / "unseen.json")):
            if name in ("chains", "coverage", "withheld"):
                known, _, hops, *_ = x["group"].split(" ")
                kind = "asked again" if known == hops else "first hops known"
                queries[kind].append((x["question"], {len(bank) + i}, -1))
            elif name == "middle":
                queries["from the middle of a chain"].append((x["question"], {len(bank) + i}, -1))
        bank += seen
    first = load(FIXTURES / "generated/generated-questions.json")
    queries["asked again, all types"] = [(x["again"], {len(bank) + i}, -1) for i, x in enumerate(first)]
    bank += first
    for kind, tasks in queries.items():
        yield f"logs, {kind}", bank, tasks


def development(data: Path):
    """Files of the development data that are there -> (name, entries, tasks)."""
    keys = {"2wikimultihop": lambda x: {(s.lower(), r) for s, r, _ in x["evidences"]}, "musique": sub_questions}
    for name, key in keys.items():
        path = data / name / "seen.json"
        if not path.exists():
            print(f"{path}: absent, its rows are left out")
            continue
        xs = load(path)
        holders = defaultdict(set)
        for i, x in enumerate(xs):
            for k in key(x):
                holders[k].add(i)
        tasks = [(x["question"], want, i) for i, x in enumerate(xs) if (want := set().union(*(holders[k] for k in key(x))) - {i})]
        yield f"logs that share a fact, {name}", xs, tasks


def sub_questions(x: dict) -> set[str]:
    parts = x["question_decomposition"]
    return {re.sub(r"#(\d+)", lambda m: str(parts[int(m[1]) - 1]["answer"]), p["question"]).lower() for p in parts}


# -- search ---------------------------------------------------------------------------
def rankings(docs: list[dict], passages: list[str], tasks: list[Task], model: OnnxEmbedder):
    """For each task the order of each method, what is left out removed."""
    lexical, vectors = LexicalIndex(docs), model.encode(passages)
    for (query, _, without), v in zip(tasks, model.encode([q for q, *_ in tasks])):
        orders = [lexical.rank(query), np.argsort(-(vectors @ v), kind="stable")[:DEPTH + 1].tolist()]
        orders = [[i for i in o if i != without][:DEPTH] for o in orders]
        yield [*orders, fused(orders)]


def fused(orders: list[list[int]]) -> list[int]:
    """Reciprocal rank fusion."""
    score: dict[int, float] = defaultdict(float)
    for o in orders:
        for rank, i in enumerate(o):
            score[i] += 1 / (RRF + rank + 1)
    return sorted(score, key=lambda i: -score[i])


def measure(docs, passages, tasks, model, any_one: bool) -> np.ndarray:
    """Recall in the first three: [tasks, methods]; ``any_one``: one of those that help is enough."""
    rows = []
    for (_, want, _), orders in zip(tasks, rankings(docs, passages, tasks, model)):
        found = [len(want & set(o[:TOP])) for o in orders]
        rows.append([min(f, 1) if any_one else f / min(len(want), TOP) for f in found])
    return np.array(rows)


def interval(x: np.ndarray, seed: int = 7) -> tuple[float, float]:
    """95% percentile bootstrap of the mean, in percent."""
    r = np.random.default_rng(seed)
    means = np.array([x[r.integers(0, len(x), len(x))].mean() for _ in range(RESAMPLES)])
    low, high = np.percentile(means, (2.5, 97.5))
    return 100 * float(low), 100 * float(high)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--sets", type=Path, required=True, help="folder that make_sets wrote")
    ap.add_argument("--model", type=Path, default=OUT)
    ap.add_argument("--data", type=Path, default=Path("../../shared/data"), help="development data, used when it is there")
    ap.add_argument("--limit", type=int, default=0, help="queries of a row, for a quick look")
    args = ap.parse_args()
    model = OnnxEmbedder(args.model)
    rows: dict[str, list[np.ndarray]] = defaultdict(list)

    def add(name: str, docs: list[dict], passages: list[str], tasks: list[Task], any_one: bool = False) -> None:
        tasks = tasks[: args.limit or None]
        if tasks:
            rows[name].append(measure(docs, passages, tasks, model, any_one))

    for name, docs, tasks in document_tasks(args.sets):
        add(name, docs, [passage(d["title"], d["text"]) for d in docs], tasks)
    for source, any_one in ((log_tasks(args.sets), False), (development(args.data), True)):
        for name, bank, tasks in source:
            texts = [log_passage(x["question"]) for x in bank]
            add(f"{name}; question", [{"title": "", "text": t} for t in texts], texts, tasks, any_one)
            texts = [log_passage(x["question"], said(x)) for x in bank]
            add(f"{name}; and response", [{"title": "", "text": t} for t in texts], texts, tasks, any_one)
    print(f"recall@{TOP} in %, [95% bootstrap]; both = reciprocal rank fusion (k = {RRF}) of lexical and dense; last column: both - lexical, on the same resamples\n")
    print(f"| {'what':58s} | n | {' | '.join(METHODS)} | gain |\n|---|---|{'---|' * len(METHODS)}---|")
    for name, parts in rows.items():
        x = np.concatenate(parts)
        cell = lambda v, plus="": f"{100 * v.mean():{plus}.1f} [{', '.join(f'{y:{plus}.1f}' for y in interval(v))}]"
        print(f"| {name:58s} | {len(x)} | {' | '.join(cell(x[:, i]) for i in range(len(METHODS)))} | {cell(x[:, 2] - x[:, 0], '+')} |")


if __name__ == "__main__":
    main()
