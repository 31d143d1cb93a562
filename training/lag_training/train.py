"""Trains the decoder on generated trees until a wall-clock deadline; resumable.

The learning rate follows the fraction of the time that has passed, so that the
run ends finished at its deadline however busy the machine is.  Matrices are
trained with Muon, embeddings and norms with AdamW; weights are kept in f32 and
computed with in bf16.  The same on a CPU and on a GPU (--device), where several
processes make the batches and the plain path of model.py computes.
"""
from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import os
import queue
import random
import signal
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch.func import functional_call

from .checkpoint import load
from .model import Config, Decoder
from .packed import token_losses
from .wordings import MODEL_DIR

DEFAULT_DIR = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "web-lag-training"

EARLY = 20_000_000      # tokens until which every document, log and question is learned from too; then a sample of them (loss_of)


def feed(out, seed: int, tokens: int, short, mode_shares: str, shares: str, deep: float) -> None:
    """Runs in a process of its own: makes batches, a little ahead of the trainer."""
    os.nice(2)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    from .compose import plain_tokenizer
    from .examples import batches, weigh
    weigh(shares)
    tok = plain_tokenizer(MODEL_DIR / "tokenizer.json")
    for b in batches(tok, seed, tokens, lambda: short.value, tuple(map(float, mode_shares.split(","))), deep):
        out.put(b)


def loss_of(model: Decoder, weights: dict, batch: dict, dtype: torch.dtype, side: float = 1.0, silent: float = 0.3):
    """Weighted cross entropy, and that of the silent names times ``silent`` -> (loss, of the responses, of the silent names).
    Only positions with a weight are projected to the vocabulary."""
    x, y, *mid = functional_call(_Tree(model), weights, (batch, dtype))
    tw, lw = batch["t_w"][:, :-1], batch["l_weight"].flatten(1)
    # of the documents, logs and questions a sample is enough once copying is there
    ti = (tw > 0) & (torch.rand_like(tw) < side)
    li = (lw >= 1) | ((lw > 0) & (torch.rand_like(lw) < side))
    h = torch.cat([x[:, :-1][ti], y[li]])
    target = torch.cat([batch["t_ids"][:, 1:][ti], batch["l_target"].flatten(1)[li]])
    w = torch.cat([tw[ti], lw[li]])
    ce = token_losses(h, weights["m.embed.weight"], target)
    main = torch.cat([torch.zeros_like(tw[ti], dtype=torch.bool), lw[li] >= 1])
    mid, slots = torch.cat(mid), torch.cat([s[s >= 0] for s in (batch["t_slot"], batch["l_slot"])])
    found = token_losses(F.linear(mid, weights["m.spell.weight"]), weights["m.embed.weight"], slots).mean() if len(mid) else ce.new_zeros(())
    return (ce * w).sum() / w.sum() + silent * found, ce[main].mean().detach(), found.detach()


class _Tree(torch.nn.Module):
    """Lets functional_call reach Decoder.tree with bf16 copies of the weights."""

    def __init__(self, m: Decoder):
        super().__init__()
        self.m = m

    def forward(self, batch, dtype):
        return self.m.tree(batch, dtype)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--dir", type=Path, default=DEFAULT_DIR)
    ap.add_argument("--minutes", type=float, default=90, help="length of the whole schedule, earlier runs that are resumed counted in")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="where the model is; default a GPU where there is one")
    ap.add_argument("--feeders", type=int, default=0, help="processes that make batches; default 1, with a GPU one for each processor but one")
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--tokens", type=int, default=14000, help="tokens of a batch, padding counted in")
    ap.add_argument("--lr", type=float, default=0.015, help="of Muon")
    ap.add_argument("--embed-lr", type=float, default=3e-3)
    ap.add_argument("--short-until", type=float, default=0.08, help="fraction of the schedule with short trees in the mixture")
    ap.add_argument("--modes", default="1,1,1,1,1,1", help="shares of the modes none, text-last, text-all, kv, kv-all, kv-isolated, for a phase")
    ap.add_argument("--shares", default="", help="shares of one-hop, chain, two-hop, comparison and bridge comparison questions, for a phase")
    ap.add_argument("--deep", type=float, default=0.3, help="share of trees whose main questions are chains of three and four hops")
    ap.add_argument("--decay", type=float, default=0.6, help="fraction of the schedule, at its end, over which the learning rate falls to zero")
    ap.add_argument("--save-every", type=float, default=180)
    ap.add_argument("--keep-every", type=float, default=0, help="seconds after which a copy is kept as at-STEP.pt, for `average`; default none is")
    ap.add_argument("--deadline", type=float, default=0, help="epoch seconds at which the run must end; overrides --minutes")
    args = ap.parse_args()
    args.dir.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    path = args.dir / "last.pt"
    model, s = load(path) if path.exists() else (Decoder(Config()), None)      # what a checkpoint is of, it says itself
    model = model.train().to(args.device)
    matrices = [p for n, p in model.named_parameters() if p.dim() == 2 and "embed" not in n]
    others = [p for n, p in model.named_parameters() if not (p.dim() == 2 and "embed" not in n)]
    opts = [torch.optim.Muon(matrices, lr=args.lr, weight_decay=0.01, momentum=0.95, adjust_lr_fn="original"),
            torch.optim.AdamW(others, lr=args.embed_lr, betas=(0.9, 0.98), weight_decay=0.0)]
    base = [args.lr, args.embed_lr]
    spent, step, tokens = 0.0, 0, 0
    if s:
        for o, x in zip(opts, s["opts"] or []):
            o.load_state_dict(x)
        spent, step, tokens = s["spent"], s["step"], s["tokens"]
    print(f"parameters {sum(p.numel() for p in model.parameters())}, resumed at step {step}", flush=True)
    short = mp.Value("d", 1.0)
    q = mp.Queue(24)
    n_feeders = args.feeders or (1 if args.device == "cpu" else max(1, (os.cpu_count() or 2) - 1))
    feeders = [mp.Process(target=feed, args=(q, args.seed * 1000003 + step + 7_000_000_007 * i, args.tokens, short, args.modes, args.shares, args.deep), daemon=True)
               for i in range(n_feeders)]
    for f in feeders:
        f.start()
    kept: list[dict] = []
    rng = random.Random(args.seed + step)
    dtype = torch.bfloat16
    start, last_save, last_kept, reused = time.time(), time.time(), time.time(), 0
    total = args.minutes * 60 if not args.deadline else spent + args.deadline - start
    seen_loss, silent_loss, n_loss, t_log = 0.0, 0.0, 0, time.time()

    def save(to: Path = path) -> None:
        tmp = to.with_suffix(".tmp")
        torch.save({"model": model.state_dict(), "opts": [o.state_dict() for o in opts], "spent": spent + time.time() - start,
                    "step": step, "tokens": tokens, "config": model.c.dict()}, tmp)
        tmp.replace(to)

    def see_to_feeders() -> None:
        if not all(f.is_alive() for f in feeders):
            save()
            raise SystemExit("a process that makes batches has died (see above); what was trained is saved: give the same command again")

    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))      # ends cleanly: saves, to be resumed
    while not stop:
        frac = (spent + time.time() - start) / total
        if frac >= 1:
            break
        short.value = 1.0 if frac < args.short_until / 2 else 0.4 if frac < args.short_until else 0.06
        try:
            raw = q.get(block=len(kept) < 8, timeout=120)
            kept = (kept + [raw])[-64:]
        except queue.Empty:                        # the generator is behind: use a recent batch again
            see_to_feeders()
            raw = rng.choice(kept)
            reused += 1
        b = {k: (t if v.dtype.kind == "f" else t.long()).to(args.device) for k, v in raw.items() for t in [torch.from_numpy(v)]}
        warm = min(1.0, (step + 1) / 100)
        decay = min(1.0, (1 - frac) / args.decay)  # flat, then linear to zero
        for o, l in zip(opts, base):
            for g in o.param_groups:
                g["lr"] = l * warm * decay
        weights = {"m." + k: v.to(dtype) for k, v in model.named_parameters()}
        loss, main_loss, silent = loss_of(model, weights, b, dtype, side=1.0 if tokens < EARLY else 0.12)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(others, 1.0)
        torch.set_num_threads(1)                   # hundreds of small products: sharing them out costs more than it saves
        for o in opts:
            o.step()
            o.zero_grad(set_to_none=True)
        torch.set_num_threads(args.threads)
        n = b["t_ids"].numel() + b["l_ids"].numel()
        step += 1; tokens += n
        seen_loss += float(main_loss); silent_loss += float(silent); n_loss += 1
        if step % 20 == 0:
            see_to_feeders()                       # with several, the others would hide it for long
        if step % 20 == 0 or step < 4:
            now = time.time()
            rec = {"step": step, "minutes": round((spent + now - start) / 60, 2), "tokens": tokens, "loss": round(seen_loss / n_loss, 4), "silent": round(silent_loss / n_loss, 4),
                   "per_step": round((now - t_log) / n_loss, 3), "reused": reused, "frac": round(frac, 3)}
            print(json.dumps(rec), flush=True)
            with open(args.dir / "curve.jsonl", "a") as f:
                f.write(json.dumps(rec) + "\n")
            seen_loss, silent_loss, n_loss, t_log = 0.0, 0.0, 0, now
        if time.time() - last_save > args.save_every:
            save(); last_save = time.time()
        if args.keep_every and time.time() - last_kept > args.keep_every:
            save(args.dir / f"at-{step}.pt"); last_kept = time.time()
    save()
    for f in feeders:
        f.terminate()
    print("finished", flush=True)


if __name__ == "__main__":
    main()
