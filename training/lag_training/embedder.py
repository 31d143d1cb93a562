"""Trains the embedder by contrast on generated worlds until a wall-clock deadline, resumable; then exports it.

One process, one thread: lots are made between steps and each serves a few steps in other company, because a small model
learns more from another set of negatives than it costs to make new text.
"""
from __future__ import annotations

import argparse
import json
import math
import random
import signal
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from . import embedder_export
from .embedder_data import Lot, lot
from .embedder_model import Embedder, EmbedderConfig, load, token_rows, tokenizer
from .train import DEFAULT_DIR
from .wordings import ROOT

DIR = DEFAULT_DIR / "embedder"
OUT = ROOT / "public/models/embedded-retriever"
USES = 3          # times that a lot serves before it goes


def contrast(q: torch.Tensor, p: torch.Tensor, helps: list[tuple[int, int]], skip: list[tuple[int, int]], scale: torch.Tensor):
    """Softmax over the batch for each (query, passage that helps it), its other helpers left out -> (loss, share that comes first)."""
    score = scale * q @ p.T
    i, j = (torch.tensor(x) for x in zip(*helps))
    open_ = torch.zeros_like(score)
    a, b = (torch.tensor(x) for x in zip(*helps, *skip))
    open_[a, b] = -math.inf
    rows = (score + open_)[i]
    rows[torch.arange(len(i)), j] = score[i, j]
    # a query with many helpers does not count more than one with a single one
    w = 1 / torch.bincount(i, minlength=len(q)).float()[i]
    return (F.cross_entropy(rows, j, reduction="none") * w).sum() / w.sum(), float(((rows.argmax(1) == j) * w).sum() / w.sum())


def loss_of(m: Embedder, lots: list[Lot], dtype: torch.dtype):
    """-> (loss, first-place share of documents, of logs)."""
    queries, documents, logs = ([r for x in lots for r in getattr(x, k)] for k in ("queries", "documents", "logs"))
    d_help, l_help, l_skip, nq, nd, nl = [], [], [], 0, 0, 0
    for x in lots:
        for k in range(len(x.queries)):
            d_help += [(nq + k, nd + j) for j in x.docs_of[k]]
            l_help += [(nq + k, nl + j) for j in x.logs_of[k]]
            l_skip += [(nq + k, nl + j) for j in x.neutral_logs[k]]
        nq, nd, nl = nq + len(x.queries), nd + len(x.documents), nl + len(x.logs)
    with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
        e = m.encode(queries + documents + logs)
    q, d, l = e[:nq], e[nq:nq + nd], e[nq + nd:]
    scale = m.scale.clamp(max=4.0).exp()
    doc_loss, doc_first = contrast(q, d, d_help, [], scale)
    log_loss, log_first = contrast(q, l, l_help, l_skip, scale)
    return doc_loss + log_loss, doc_first, log_first


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--dir", type=Path, default=DIR)
    ap.add_argument("--minutes", type=float, default=15, help="length of the whole schedule, earlier runs that are resumed counted in; 0 exports only")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--lots", type=int, default=16, help="worlds of a batch")
    ap.add_argument("--lr", type=float, default=4e-3)
    ap.add_argument("--decay", type=float, default=0.7, help="fraction of the schedule, at its end, over which the learning rate falls to zero")
    ap.add_argument("--width", type=int, default=EmbedderConfig.width)
    ap.add_argument("--layers", type=int, default=EmbedderConfig.layers)
    ap.add_argument("--no-pairs", action="store_true", help="leave the pairs of neighbours out, to compare")
    ap.add_argument("--f32", action="store_true", help="compute in f32 instead of bf16")
    ap.add_argument("--save-every", type=float, default=60)
    ap.add_argument("--out", type=Path, default=OUT)
    ap.add_argument("--no-export", action="store_true")
    args = ap.parse_args()
    args.dir.mkdir(parents=True, exist_ok=True)
    path = args.dir / "last.pt"
    if args.minutes > 0:
        train(args, path)
    if not args.no_export:
        embedder_export.write(load(path), args.out)


def train(args: argparse.Namespace, path: Path) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    c = EmbedderConfig(width=args.width, layers=args.layers, ffn=2 * args.width, pairs=not args.no_pairs)
    spent, step, state = 0.0, 0, None
    if path.exists():
        state = torch.load(path, weights_only=False)
        c = EmbedderConfig(**state["config"])
        spent, step = state["spent"], state["step"]
    m = Embedder(c)
    # the few weights of places hardly move at the others' pace
    others = [p for n, p in m.named_parameters() if n != "place"]
    opt = torch.optim.AdamW([{"params": others, "share": 1.0}, {"params": [m.place], "share": 10.0}], lr=args.lr, betas=(0.9, 0.98), weight_decay=0.0)
    if state:
        m.load_state_dict(state["model"])
        opt.load_state_dict(state["opt"])
    print(f"parameters {sum(p.numel() for p in m.parameters())}, resumed at step {step}", flush=True)
    rng, tok = random.Random(args.seed * 1000003 + step), tokenizer()
    pool: list[list] = []                              # [lot, times that it may still serve]
    start = last_save = t_log = time.time()
    sums = [0.0, 0.0, 0.0, 0.0]

    def save() -> None:
        tmp = path.with_suffix(".tmp")
        torch.save({"model": m.state_dict(), "opt": opt.state_dict(), "spent": spent + time.time() - start, "step": step, "config": c.dict()}, tmp)
        tmp.replace(path)

    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))      # ends cleanly: saves, to be resumed
    while not stop:
        frac = (spent + time.time() - start) / (args.minutes * 60)
        if frac >= 1:
            break
        if len(pool) < 2 * args.lots:
            new = [lot(rng) for _ in range(2 * args.lots)]
            for x in new:
                x.queries, x.documents, x.logs = (token_rows(tok, t) for t in (x.queries, x.documents, x.logs))
            pool += [[x, USES] for x in new]
        drawn = rng.sample(pool, args.lots)
        for x in drawn:
            x[1] -= 1
        pool = [x for x in pool if x[1] > 0]
        for g in opt.param_groups:
            g["lr"] = args.lr * g["share"] * min(1.0, (step + 1) / 20) * min(1.0, (1 - frac) / args.decay)
        loss, *first = loss_of(m, [x[0] for x in drawn], torch.float32 if args.f32 else torch.bfloat16)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(m.parameters(), 1.0)
        opt.step()
        opt.zero_grad(set_to_none=True)
        step += 1
        sums = [s + x for s, x in zip(sums, (float(loss.detach()), *first, 1))]
        if step % 20 == 0 or step == 1:
            now = time.time()
            mean = [round(s / sums[3], 4) for s in sums[:3]]
            rec = {"step": step, "minutes": round((spent + now - start) / 60, 2), "loss": mean[0], "documents_first": mean[1], "logs_first": mean[2],
                   "per_step": round((now - t_log) / sums[3], 3), "scale": round(float(m.scale.detach().exp()), 2), "cpu": round(time.process_time(), 1)}
            print(json.dumps(rec), flush=True)
            with open(args.dir / "curve.jsonl", "a") as f:
                f.write(json.dumps(rec) + "\n")
            sums, t_log = [0.0, 0.0, 0.0, 0.0], now
        if time.time() - last_save > args.save_every:
            save(); last_save = time.time()
    save()
    print("finished", flush=True)


if __name__ == "__main__":
    main()
