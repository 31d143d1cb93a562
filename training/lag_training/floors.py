"""What floors of similarity keep of the logs that a question's first query finds: those that help, and the others.

A log that says nothing of what is asked may mislead, so a model's ``config.json`` can leave out logs that are little
similar to the query, and those that are far behind the most similar one.  Both are looked at here, on generated sets
of any seed (make_sets --out DIR).  A log helps a chain if it covers its first hops, and a question that is
asked again if it is its own.  Banks of few logs are the helping log among others drawn at random.

The given development data (never trained on; the floor was chosen with a look at it) shows the same for real questions:
there a log helps that shares a fact.
"""
from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path

from .embedder_data import log_passage
from .lexical import LexicalIndex
from .retrieval_report import TOP, Task, development, load, said
from .wordings import FIXTURES

FLOORS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4)
SHARES = (0.4, 0.5, 0.6, 0.7, 0.8)
SIZES = (1, 3, 30)
RELATIVE = 0.7      # the share that the rows of absolute floors are reckoned behind
Found = list[tuple[float, float, bool]]      # similarity, the most similar one's, whether it helps


def texts(xs: list[dict]) -> list[str]:
    """What the runtime indexes of the logs of xs."""
    return [log_passage(x["question"], said(x)) for x in xs]


def found(bank: list[str], tasks: list[Task], limit: int) -> Found:
    """The first three of each query, no floor in the way."""
    index, out = LexicalIndex([{"text": t} for t in bank]), []
    for query, want, without in tasks[:limit]:
        similar = index.similarities(query)
        similar.pop(without, None)
        most = max(similar.values(), default=0.0)
        out += [(similar[i], most, i in want) for i in [i for i in index.rank(query) if i != without][:TOP]]
    return out


def generated(sets: Path) -> Iterator[tuple[str, list[str], list[Task]]]:
    for name in ("chains", "coverage", "middle"):
        tasks = [(x["question"], {i}, -1) for i, x in enumerate(load(sets / name / "unseen.json"))]
        yield name, texts(load(sets / name / "seen.json")), tasks
    first = load(FIXTURES / "generated/generated-questions.json")
    yield "all types, asked again", texts(first), [(x["again"], {i}, -1) for i, x in enumerate(first)]


def few(bank: list[str], tasks: list[Task], size: int, limit: int, seed: int = 3) -> Found:
    """Each query with a bank of its own: the log that helps, and ``size - 1`` others."""
    rng, out = random.Random(seed), []
    for query, want, _ in tasks[:limit]:
        helps = next(iter(want))
        others = rng.sample([i for i in range(len(bank)) if i != helps], size - 1)
        out += found([bank[i] for i in (helps, *others)], [(query, {0}, -1)], 1)
    return out


def row(name: str, hits: Found) -> None:
    def kept(helps: bool) -> list[str]:
        here = [(s, most) for s, most, h in hits if h == helps]
        share = lambda keep: f"{100 * sum(keep(*x) for x in here) / len(here):.0f}" if here else "-"
        near = [(s, most) for s, most in here if s >= RELATIVE * most]
        floor = lambda f: f"{100 * sum(s >= f for s, _ in near) / len(near):.0f}" if near else "-"
        return [share(lambda s, most, r=r: s >= r * most) for r in SHARES] + [floor(f) for f in FLOORS]

    for helps, cells in ((True, kept(True)), (False, kept(False))):
        print(f"| {name} | {'help' if helps else 'others'} | {sum(h == helps for *_, h in hits)} | {' | '.join(cells)} |", flush=True)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--sets", type=Path, required=True, help="folder that make_sets wrote")
    ap.add_argument("--data", type=Path, default=Path("../../shared/data"), help="development data, used when it is there")
    ap.add_argument("--limit", type=int, default=300, help="queries of a row")
    args = ap.parse_args()
    print(f"logs kept, in %: by a share of the most similar one's similarity; by a floor, of those within {RELATIVE} of it\n")
    print(f"| bank | logs | n | {' | '.join(f'x {s}' for s in SHARES)} | {' | '.join(map(str, FLOORS))} |\n|{'---|' * (3 + len(SHARES) + len(FLOORS))}")
    for name, bank, tasks in generated(args.sets):
        row(f"{name}: {len(bank)} logs", found(bank, tasks, args.limit))
        for size in SIZES:
            row(f"{name}: {size}", few(bank, tasks, size, args.limit))
    for name, xs, tasks in development(args.data):
        row(f"{name}: {len(xs)}", found(texts(xs), tasks, args.limit))


if __name__ == "__main__":
    main()
