"""Quick accuracy of a checkpoint on held-out names: is the whole response what the oracle says?

With teacher forcing every token of a response is predicted from the right
tokens before it; when all are right, greedy decoding gives exactly that
response, so the share of all-right responses is the greedy exactness.
"""
from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path

import torch

from . import examples
from .checkpoint import load
from .compose import plain_tokenizer
from .model import Decoder
from .train import DEFAULT_DIR
from .wordings import MODEL_DIR


def tensors(raw: dict) -> dict[str, torch.Tensor]:
    return {k: torch.from_numpy(v) if v.dtype.kind == "f" else torch.from_numpy(v).long() for k, v in raw.items()}


def check(m: Decoder, tok, n: int, seed: int, show: int = 0, held: bool = True) -> dict[str, tuple[int, int]]:
    """Counts (right, all) of whole responses by mode, kind and question type, and of tokens."""
    rng = random.Random(seed)
    count: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for i in range(n):
        mode = examples.MODES[i % len(examples.MODES)]
        while True:
            t = examples.build(rng, mode, held=held)
            x = examples.pack(t, tok) if t.branches else None
            if x:
                break
        b = tensors(examples.collate([x]))
        with torch.no_grad():
            _, y, in_logs, in_responses = m.tree(b, torch.float32)
            for where, mid, slots in (("logs", in_logs, b["t_slot"]), ("responses", in_responses, b["l_slot"])):
                found = (m.spell(mid) @ m.embed.weight.T).argmax(-1) == slots[slots >= 0]
                for k in (f"silent tokens in {where}", f"silent tokens in {where}, {mode}"):
                    count[k][0] += int(found.sum()); count[k][1] += len(found)
            pred = (y[0] @ m.embed.weight.T).argmax(-1).view(b["l_ids"].shape[1:])
        right, weight, target, br = (pred == b["l_target"][0]), b["l_weight"][0], b["l_target"][0], b["l_branch"][0]
        for j, branch in enumerate(t.branches):
            sel = (br == j) & (weight >= 1)
            if not sel.any():
                continue
            ok = bool(right[sel].all())
            a, q = branch.response, branch.question
            from_log = a.kind == "answer" and not _docs_only(t, branch)
            packed = mode == "kv" and branch.log and a.kind != "unknown" and examples.respond(q, _groups(t), branch.g, t.said).text != a.text
            for k in (*(["kv, only earlier responses say it"] if packed else []), *([f"kv, only earlier responses say it, {len(t.logs)} logs"] if packed and len(t.logs) < 4 else []), f"{len(q.chains[0].relations)} hops {a.kind}", "all", f"mode {mode}", f"{mode} {a.kind}{' from log' if from_log else ''}", f"type {q.type} {a.kind}", "first token"):
                count[k][1] += 1
                count[k][0] += ok if k != "first token" else bool(right[sel][:2].all())
            count["tokens"][0] += int(right[sel].sum()); count["tokens"][1] += int(sel.sum())
            if show and not ok and rng.random() < 0.25:
                show -= 1
                print(f"[{mode}] {q.text}\n   want {a.text}\n   got  {tok.decode(pred[sel].tolist(), skip_special_tokens=False)}")
    return {k: (v[0], v[1]) for k, v in count.items()}


def _docs_only(t: examples.Tree, b: examples.Branch) -> bool:
    return examples.respond(b.question, _groups(t), b.g).kind == "answer"


def _groups(t: examples.Tree) -> dict[int, int]:
    return {e.id: i + 1 for i, g in enumerate(t.groups) for e in g}


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--checkpoint", type=Path, default=DEFAULT_DIR / "last.pt")
    ap.add_argument("--trees", type=int, default=60)
    ap.add_argument("--seed", type=int, default=99)
    ap.add_argument("--training-names", action="store_true", help="names of the training parts instead of the held-out ones")
    ap.add_argument("--show", type=int, default=0, help="print this many wrong responses")
    args = ap.parse_args()
    torch.set_num_threads(1)
    m, s = load(args.checkpoint)
    tok = plain_tokenizer(MODEL_DIR / "tokenizer.json")
    print(f"step {s['step']}, tokens {s['tokens']}")
    for k, (a, n) in sorted(check(m, tok, args.trees, args.seed, args.show, not args.training_names).items()):
        print(f"{k:44s} {100 * a / max(1, n):5.1f} %  of {n}")


if __name__ == "__main__":
    main()
