"""Does a log in front answer? Generated cases with held-out names, by mode, in PyTorch.

A case: a question whose second document is not there, asked again in other
words, with a log of its trace in front (answered), and the same with unrelated
logs only (not answered).  Greedy decoding; prefix built by attention mask and
positions exactly as in invariant 5.
"""
from __future__ import annotations

import argparse
import random
import re
from collections import defaultdict
from pathlib import Path

import torch

from . import questions as Q
from .checkpoint import load
from .compose import EOT, plain_tokenizer, prompt_ids
from .examples import main_question, trace
from .loop import normal
from .make_fixtures import log_ids
from .model import Decoder
from .policy import answer_of, respond, true_value
from .train import DEFAULT_DIR
from .wordings import MODEL_DIR
from .world import World


def prefix(tok, logs: list[list[str]], mode: str):
    """ids, pos, seg, hidden of the logs in front, as examples.pack lays them; n = length of the visible part."""
    ids: list[int] = []; pos: list[int] = []; seg: list[int] = []; hid: list[bool] = []
    n = 0
    for i, r in enumerate(logs):
        every, last = log_ids(tok, r)
        if mode in ("text-last", "kv-isolated"):
            every = last
        if mode in ("text-all", "kv-all"):
            last = every
        k = len(every) - len(last)
        ids += every; pos += range(n - k, n + len(last)); seg += [i if mode.startswith("kv") else -1] * len(every); hid += [True] * k + [False] * len(last)
        n += len(last)
    return ids, pos, seg, hid, n


@torch.no_grad()
def generate(m: Decoder, front, main: list[int], limit: int = 110) -> list[int]:
    """Greedy decoding behind a prefix; keys and values of earlier tokens are kept."""
    fi, fp, fs, fh, n = front
    ids, pos = fi + main, fp + list(range(n, n + len(main)))
    seg = torch.tensor(fs + [-1] * len(main)); hid = torch.tensor(fh + [False] * len(main))
    shift = -min(0, min(pos))
    T = len(ids)
    mask = torch.ones(T, T, dtype=torch.bool).tril() & ((seg[:, None] == seg[None]) | ((seg == -1)[:, None] & ~hid[None]))
    x = m.embed(torch.tensor([ids]))
    cos, sin = m.rope(torch.tensor([pos]) + shift, x.dtype)
    from .model import attend
    past = []
    for b in m.blocks:
        q, k, v = b.qkv(x, cos, sin)
        past.append((k, v))
        x = b.rest(x, attend(q, k, v, mask[None, None]))
    out: list[int] = []
    p = n + len(main)
    see = ~hid[None, None, None]
    while True:
        t = int((m.norm(x[:, -1]) @ m.embed.weight.T).argmax())
        if t == EOT or len(out) >= limit:
            return out
        out.append(t)
        x = m.embed(torch.tensor([[t]]))
        cos, sin = m.rope(torch.tensor([[p]]) + shift, x.dtype)
        p += 1
        see = torch.cat([see, torch.ones(1, 1, 1, 1, dtype=torch.bool)], -1)
        for l, b in enumerate(m.blocks):
            q, k, v = b.qkv(x, cos, sin)
            past[l] = (torch.cat([past[l][0], k], 2), torch.cat([past[l][1], v], 2))
            x = b.rest(x, attend(q, *past[l], see))


def case(rng: random.Random, type_: str):
    """(steps of documents without the last hop, question again, answer, log of the question, unrelated logs)."""
    w = World(rng, held=True)
    q = main_question(w, type_)
    responses, _ = trace(w, q)
    _, answer = answer_of(q, [true_value(c.subject, c.relations) for c in q.chains])
    other = []
    while len(other) < 2:
        t, _ = trace(w, main_question(w))
        if t[-1].kind == "answer":
            other.append([r.text for r in t])
    strangers = [w.new(rng.choice(("person", "film"))) for _ in range(2)]
    step = [w.document(c.subject) for c in q.chains] if len(q.chains[0].relations) > 1 else [w.document(q.chains[0].subject)]
    step = (step + [w.document(s) for s in strangers])[:2]
    rng.shuffle(step)
    return [step], Q.again(q, rng, swap=False), answer, [r.text for r in responses], other


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--checkpoint", type=Path, default=DEFAULT_DIR / "last.pt")
    ap.add_argument("--cases", type=int, default=80)
    ap.add_argument("--seed", type=int, default=31)
    ap.add_argument("--show", type=int, default=0)
    ap.add_argument("--modes", default="text-last,kv")
    args = ap.parse_args()
    torch.set_num_threads(1)
    m, s = load(args.checkpoint)
    tok = plain_tokenizer(MODEL_DIR / "tokenizer.json")
    rng = random.Random(args.seed)
    count: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for i in range(args.cases):
        steps, q, answer, log, other = case(rng, ("compositional", "inference", "comparison", "bridge_comparison")[i % 4])
        main_ids = prompt_ids(tok, steps, q.text)
        for mode in args.modes.split(","):
            for kind, logs in (("log that answers, alone", [log]), ("log that answers, among 3", rng.sample([log, *other], 3)), ("unrelated logs", other)):
                r = tok.decode(generate(m, prefix(tok, logs, mode), main_ids))
                a = re.findall(r"<ans>(.*?)</ans>", r)
                got = a[-1].strip() if a else None
                ok = (got is not None and normal(got) == normal(answer)) if kind.startswith("log") else got is None or got == "unknown"
                for key in (f"{mode:12s}{kind}", f"{mode:12s}{kind}: {q.type}"):
                    count[key][0] += ok; count[key][1] += 1
                if not ok and args.show > 0:
                    args.show -= 1
                    print(f"[{mode}, {kind}] {q.text}\n  want {answer}; log {log[-1]}\n  got  {r}")
    print(f"step {s['step']}: right = answered from the log; with unrelated logs: not answered")
    for k, (a, n) in sorted(count.items()):
        print(f"{k:60s} {100 * a / n:5.1f} %  of {n}")


if __name__ == "__main__":
    main()
