"""Carries a checkpoint over to a tokenizer that was extended (``tokenizer --extend``): a new token starts as the mean of what it was before."""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch

from .compose import plain_tokenizer
from .wordings import MODEL_DIR


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("checkpoint", type=Path)
    ap.add_argument("old_tokenizer", type=Path)
    ap.add_argument("out", type=Path, help="directory of the new run; its schedule starts anew")
    args = ap.parse_args()
    s = torch.load(args.checkpoint, weights_only=False)
    old = plain_tokenizer(args.old_tokenizer)
    was, new = ({i: t for t, i in json.loads(p.read_text("utf-8"))["model"]["vocab"].items()} for p in (args.old_tokenizer, MODEL_DIR / "tokenizer.json"))
    e = s["model"]["embed.weight"]
    before = e.clone()
    changed = [i for i in new if new[i] != was.get(i)]
    for i in changed:
        parts = [old.token_to_id(p.value) for p in old.model.tokenize(new[i])]
        e[i] = before[parts].mean(0)
    args.out.mkdir(parents=True, exist_ok=True)
    torch.save({"model": s["model"], "opts": None, "spent": 0.0, "step": 0, "tokens": s["tokens"], "config": s["config"]}, args.out / "last.pt")
    print(f"{len(changed)} of {len(new)} tokens are new")


if __name__ == "__main__":
    main()
