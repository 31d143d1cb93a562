"""Loss of checkpoints on the same fresh batches of the mixture: which of them, or which mean of them, is the best.

Says nothing about the evaluation's sets; the batches are of training names, from a seed of their own.
"""
from __future__ import annotations

import argparse
from pathlib import Path

import torch

from .checkpoint import load
from .compose import plain_tokenizer
from .examples import batches, weigh
from .train import loss_of
from .wordings import MODEL_DIR


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("checkpoints", type=Path, nargs="+")
    ap.add_argument("--batches", type=int, default=24)
    ap.add_argument("--tokens", type=int, default=14000, help="tokens of a batch, padding counted in")
    ap.add_argument("--seed", type=int, default=987654321, help="not one that a training had")
    ap.add_argument("--modes", default="1,1,1,1,1,1", help="as of train")
    ap.add_argument("--shares", default="", help="as of train")
    ap.add_argument("--deep", type=float, default=0.3, help="as of train")
    args = ap.parse_args()
    weigh(args.shares)
    source = batches(plain_tokenizer(MODEL_DIR / "tokenizer.json"), args.seed, args.tokens, lambda: 0.06, tuple(map(float, args.modes.split(","))), args.deep)
    made = [next(source) for _ in range(args.batches)]
    made = [{k: (t if v.dtype.kind == "f" else t.long()) for k, v in b.items() for t in [torch.from_numpy(v)]} for b in made]
    for path in args.checkpoints:
        model, _ = load(path)
        weights = {"m." + k: v.to(torch.bfloat16) for k, v in model.named_parameters()}
        with torch.no_grad():
            found = [loss_of(model, weights, b, torch.bfloat16)[1:] for b in made]
        responses, silent = (float(sum(x)) / len(found) for x in zip(*found))
        print(f"{path}: responses {responses:.4f}, silent names {silent:.4f}", flush=True)


if __name__ == "__main__":
    main()
