"""Counts what the mixture holds: trees that are too long, logs and documents of a tree, tokens of trunks, positions.

For the model card, and to see what a change of the generator does to what is trained.
"""
from __future__ import annotations

import argparse
import random
from collections import Counter

from .compose import plain_tokenizer
from .examples import drawn, pack, weigh
from .wordings import MODEL_DIR


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--trees", type=int, default=2000)
    ap.add_argument("--seed", type=int, default=3)
    ap.add_argument("--modes", default="1,1,1,1,1,1", help="as of train")
    ap.add_argument("--shares", default="", help="as of train")
    ap.add_argument("--deep", type=float, default=0.3, help="as of train")
    ap.add_argument("--short", type=float, default=0.06, help="share of trees of one step")
    args = ap.parse_args()
    weigh(args.shares)
    shares = tuple(map(float, args.modes.split(",")))
    tok, rng = plain_tokenizer(MODEL_DIR / "tokenizer.json"), random.Random(args.seed)
    modes, logs, documents = Counter(), Counter(), Counter()
    tokens, spans, dropped = [], [], 0
    while len(tokens) + dropped < args.trees:
        tree = drawn(rng, shares, args.short, args.deep)
        if not tree.branches:
            continue
        packed = pack(tree, tok)
        if packed is None:
            dropped += 1
            continue
        modes[tree.mode] += 1
        logs[len(tree.logs)] += 1
        documents[sum(map(len, tree.groups))] += 1
        tokens.append(len(packed["t_ids"]))
        spans.append(int(max(packed["t_pos"].max(), packed["lanes"]["pos"].max()) - packed["t_pos"].min()) + 1)
    n = len(tokens)
    print(f"{n} trees; {dropped} more were too long")
    print("modes:", ", ".join(f"{m} {k / n:.1%}" for m, k in modes.most_common()))
    for what, counts, steps in (("logs in front", logs, (1, 5, 10, 20)), ("documents", documents, (5, 10, 16))):
        at_least = ", ".join(f"{s} or more {sum(k for x, k in counts.items() if x >= s) / n:.1%}" for s in steps)
        print(f"{what}: at most {max(counts)}; {at_least}")
    for what, sizes in (("tokens of the trunk", tokens), ("positions from first to last", spans)):
        sizes.sort()
        print(f"{what}: half {sizes[n // 2]}, 95% {sizes[int(n * 0.95)]}, 99% {sizes[int(n * 0.99)]}, most {sizes[-1]}")


if __name__ == "__main__":
    main()
