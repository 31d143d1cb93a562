"""Averages the weights of checkpoints of one training: what their last steps do not agree on is noise.

Which to take and in what shares: by `loss`. The result has no optimisers and is to be exported.
"""
from __future__ import annotations

import argparse
from pathlib import Path

import torch


def average(states: list[dict[str, torch.Tensor]], shares: list[float]) -> dict[str, torch.Tensor]:
    """The mean of ``states`` weighted by ``shares`` (any positive scale), summed in f64, each tensor in its own dtype."""
    total = sum(shares)
    return {name: sum(s[name].double() * (w / total) for s, w in zip(states, shares)).to(first.dtype) for name, first in states[0].items()}


def shape(checkpoint: dict) -> dict:
    """What its weights are of; how many positions the model is trained at is not."""
    return {k: v for k, v in checkpoint["config"].items() if k != "max_positions"}


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("out", type=Path, help="the checkpoint to write")
    ap.add_argument("checkpoints", type=Path, nargs="+", help="the newest comes last: its step and tokens are kept")
    ap.add_argument("--shares", default="", help="one number for each checkpoint; default: all the same")
    args = ap.parse_args()
    shares = [float(w) for w in args.shares.split(",")] if args.shares else [1.0] * len(args.checkpoints)
    if len(shares) != len(args.checkpoints) or min(shares) <= 0:
        ap.error(f"--shares {args.shares} for {len(args.checkpoints)} checkpoints; give as many numbers above 0")
    kept = [torch.load(p, map_location="cpu", weights_only=False) for p in args.checkpoints]
    for path, s in zip(args.checkpoints, kept):
        if shape(s) != shape(kept[-1]):
            ap.error(f"{path} is of another shape: {shape(s)}, not {shape(kept[-1])}; average checkpoints of one model")
    torch.save({**kept[-1], "model": average([s["model"] for s in kept], shares), "opts": None}, args.out)
    print(f"{args.out}: {len(kept)} checkpoints up to step {kept[-1]['step']}")


if __name__ == "__main__":
    main()
