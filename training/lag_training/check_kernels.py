"""Checks the kernels of fused.cpp, outputs and all gradients, against plain PyTorch in f32. Exits with 1 when one is off.

Attention on random and on generated batches, each also with a mask broken on purpose, which has to be noticed.
"""
from __future__ import annotations

import random
import sys

import torch
import torch.nn.functional as F

from . import packed
from .compose import plain_tokenizer
from .examples import batches
from .model import Config, Decoder, tables
from .train import loss_of
from .wordings import MODEL_DIR

LIMIT = 1e-2      # Frobenius norm of the difference over that of the reference
failed: list[str] = []


def off(a: torch.Tensor, b: torch.Tensor) -> float:
    d = float((a.detach().float() - b.detach().float()).norm() / b.detach().float().norm().clamp_min(1e-9))
    return d if d == d else float("inf")


def check(name: str, pairs: dict[str, tuple[torch.Tensor, torch.Tensor]], limit: float = LIMIT) -> None:
    e = {k: off(a, b) for k, (a, b) in pairs.items()}
    bad = max(e.values()) > limit
    if bad:
        failed.append(name)
    print("FAILED" if bad else "ok    ", name, " ".join(f"{k} {v:.4f}" for k, v in e.items()), flush=True)


def random_batch(B: int, T: int, R: int, L: int, r: random.Random) -> dict[str, torch.Tensor]:
    """The fields that the masks come from: logs in front, hidden parts, padding behind trunks and lanes."""
    seg = torch.full((B, T), -2); hid = torch.zeros(B, T, dtype=torch.long)
    vis = torch.zeros(B, R, L, dtype=torch.long); branch = torch.full((B, R, L), -1)
    for b in range(B):
        end = T if b == 0 else r.randint(T // 3, T)
        seg[b, :end] = -1
        at = 0
        for log in range(r.randint(0, 4)):
            n = min(r.randint(1, T // 8), end - 1 - at)
            seg[b, at: at + n] = log if b % 3 else -1       # logs as text are main text, the rest hidden or not
            hid[b, at: at + n // 2] = b % 3
            at += n
        j = 0
        for i in range(R):
            at, stop = 0, L if i == 0 else r.randint(0, L)
            while at < stop:
                n = min(r.randint(1, L // 2), stop - at)
                vis[b, i, at: at + n] = r.randint(end // 2, end); branch[b, i, at: at + n] = j
                at += n; j += 1
    return {"t_seg": seg, "t_hid": (hid > 0).long(), "l_vis": vis, "l_branch": branch,
            "t_pos": torch.randint(0, 2000, (B, T)), "l_pos": torch.randint(0, 2000, (B, R, L))}


def mask_of(b: dict[str, torch.Tensor]) -> torch.Tensor:
    """[B, T + R L, T + R L], True = sees; written down from the fields' meaning."""
    seg, hid, vis, br = b["t_seg"], b["t_hid"], b["l_vis"], b["l_branch"]
    B, T = seg.shape
    R, L = br.shape[1:]
    i, l = torch.arange(T), torch.arange(R * L)
    s, k = seg[:, :, None], seg[:, None, :]
    trunk = (i[:, None] >= i) & ((s == k) | ((s == -1) & (hid == 0)[:, None, :] & (k >= -1))) & (s != -2) & (k != -2)
    lane = (i < vis.flatten(1)[..., None]) & (hid == 0)[:, None, :] & (k != -2) & (br != -1).flatten(1)[..., None]
    own = (l[:, None] >= l) & (l[:, None] // L == l // L) & (br.flatten(1)[:, :, None] == br.flatten(1)[:, None, :]) & (br != -1).flatten(1)[..., None]
    return torch.cat([torch.cat([trunk, torch.zeros(B, T, R * L, dtype=torch.bool)], 2), torch.cat([lane, own], 2)], 1)


def attention(name: str, b: dict[str, torch.Tensor], KV: int, n: int, D: int) -> None:
    rows, mask = packed.rows_of(b), mask_of(b)
    B, P = mask.shape[:2]
    H = KV * n
    cos, sin = (t[torch.cat([b["t_pos"], b["l_pos"].flatten(1)], 1).flatten()[rows.index]] for t in tables(Config(head_dim=D)))
    y = (torch.randn(len(cos), (H + 2 * KV) * D) * 1.5).bfloat16()
    g = torch.randn(len(cos), H * D).bfloat16()

    ref = y.float().requires_grad_()
    x = ref.view(len(cos), H + 2 * KV, D)
    a, z = x.chunk(2, -1)
    c, s = cos[:, None], sin[:, None]
    turned = torch.cat([a * c - z * s, z * c + a * s], -1)
    spread = lambda t: t.new_zeros(B * P, *t.shape[1:]).index_copy(0, rows.index, t).view(B, P, *t.shape[1:]).transpose(1, 2)
    q, k, v = spread(turned[:, :H]), spread(turned[:, H: H + KV]).repeat_interleave(n, 1), spread(x[:, H + KV:]).repeat_interleave(n, 1)
    p = ((q @ k.transpose(-1, -2)) * D ** -0.5).masked_fill(~mask[:, None], -1e30).softmax(-1)
    want = (p @ v).transpose(1, 2).reshape(B * P, H * D)[rows.index]
    want.backward(g.float())

    def run(rows: packed.Rows):
        leaf = y.clone().requires_grad_()
        out = packed.Attention.apply(leaf, cos, sin, rows, KV, n, D)
        out.backward(g)
        return out, leaf.grad
    out, grad = run(rows)
    part = lambda t: dict(zip(("q", "k", "v"), t.split([H * D, KV * D, KV * D], 1)))
    check(f"attention {name} KV={KV} n={n} D={D}", {"out": (out, want), **{k: (part(grad)[k], part(ref.grad)[k]) for k in "qkv"}})
    trunk = rows.group < 1 << 20
    broken = {"logs see all": rows._replace(limit=torch.where(trunk, 1 << 30, rows.limit).int()), "hidden keys seen": rows._replace(open=trunk.int()),
              "one key more": rows._replace(limit=rows.limit.clamp_max(1 << 29) + 1), "nothing of the trunk": rows._replace(open=rows.open * 0),
              "branches of a lane seen": rows._replace(group=torch.where(trunk, rows.group, rows.group >> 12).int())}
    meant = implied(rows)
    if not torch.equal(meant, torch.block_diag(*mask.unbind())[rows.index][:, rows.index]):
        failed.append(f"the rows' mask in {name}")
    for what, r in broken.items():
        if (implied(r) != meant).sum() > 0.02 * meant.sum():
            o, d = run(r)
            noticed = max(off(o, want), off(d, ref.grad)) > LIMIT
            print("      ", what, "noticed" if noticed else "NOT NOTICED")
            if not noticed:
                failed.append(f"{what} in {name} was not noticed")


def implied(rows: packed.Rows) -> torch.Tensor:
    """[N, N], True = sees, by the rule of packed.Rows."""
    i = torch.arange(len(rows.group))
    s = torch.bucketize(i, rows.first, right=True) - 1
    at = i - rows.first[s]
    return (s[:, None] == s) & (at[:, None] >= at) & ((rows.group[:, None] == rows.group) | ((at < rows.limit[:, None]) & (rows.open != 0)))


def same(name: str, kernel, plain, *inputs: torch.Tensor) -> None:
    """Outputs and gradients of a kernel (bf16) and of its plain form (f32) for the same inputs."""
    a, b = [x.clone().requires_grad_() for x in inputs], [x.float().requires_grad_() for x in inputs]
    one = lambda o: o if isinstance(o, tuple) else (o,)
    o, w = one(kernel(*a)), one(plain(*b))
    gs = [torch.randn_like(x) for x in o]
    torch.autograd.backward(o, gs)
    torch.autograd.backward(w, [g.float() for g in gs])
    check(name, {**{f"out{i}": (x, y) for i, (x, y) in enumerate(zip(o, w))}, **{f"in{i}": (x.grad, y.grad) for i, (x, y) in enumerate(zip(a, b))}})


def whole(name: str, b: dict[str, torch.Tensor], model: Decoder) -> None:
    """Loss and gradients of a step: the kernels' and the plain path's in bf16, both against the plain path in f32; the kernels may not be further off."""
    def run(dtype, fits):
        keep, packed.fits = packed.fits, fits
        weights = {"m." + k: v.to(dtype) for k, v in model.named_parameters()}
        torch.manual_seed(1)
        loss = loss_of(model, weights, b, dtype)[0]
        model.zero_grad()
        loss.backward()
        packed.fits = keep
        return loss.detach(), torch.cat([p.grad.flatten() for p in model.parameters()])
    ref, plain, new = run(torch.float32, lambda c: False), run(torch.bfloat16, lambda c: False), run(torch.bfloat16, packed.fits)
    print(f"       loss f32 {ref[0]:.5f}, bf16 plain {plain[0]:.5f}, kernels {new[0]:.5f}; gradient off by {off(plain[1], ref[1]):.4f}, {off(new[1], ref[1]):.4f}")
    check(f"step {name}", {"loss": (new[0], ref[0]), "gradient norm": (new[1].norm(), ref[1].norm())})
    check(f"gradient {name}", {"kernels": (new[1], ref[1])}, max(1.3 * off(plain[1], ref[1]), LIMIT))


def main() -> None:
    if packed.LIB is None:
        sys.exit("no compiler: nothing to check")
    torch.manual_seed(3)
    r = random.Random(3)
    rand = lambda *s: torch.randn(*s).bfloat16()
    for KV, n, D in ((2, 1, 64), (2, 2, 64), (1, 4, 64), (1, 1, 32), (2, 2, 32), (1, 4, 32)):
        attention("random", random_batch(4, 208, 3, 80, r), KV, n, D)
    attention("one row to a tree", {**(b := random_batch(3, 16, 1, 16, r)), "t_seg": torch.where(torch.arange(16) < 1, -1, -2).expand(3, 16),
                                    "t_hid": torch.zeros(3, 16, dtype=torch.long), "l_vis": torch.ones_like(b["l_vis"])}, 2, 2, 64)
    w = 256
    norm = lambda x: x * (x.pow(2).mean(-1, keepdim=True) + 1e-5).rsqrt()
    same("norm", lambda x: packed.Norm.apply(x, 1e-5), norm, rand(77, w))
    same("add and norm", lambda x, o: packed.AddNorm.apply(x, o, 1e-5), lambda x, o: (x + o, norm(x + o)), rand(77, w), rand(77, w))
    same("swiglu", packed.SwiGlu.apply, lambda z: F.silu(z[:, :512]) * z[:, 512:], rand(77, 1024) * 4)
    same("linear", packed.Linear.apply, lambda x, w: x @ w.T, rand(1077, 96), rand(160, 96))
    same("linear, few rows", packed.Linear.apply, lambda x, w: x @ w.T, rand(3, 32), rand(64, 32))
    target = torch.randint(0, 2048, (77,))
    same("cross entropy", lambda x: packed.CrossEntropy.apply(x, target), lambda x: F.cross_entropy(x, target, reduction="none"), rand(77, 2048) * 3)
    tok = plain_tokenizer(MODEL_DIR / "tokenizer.json")
    made = batches(tok, 11, 7000, lambda: 0.06)
    config = Config(vocab=max(2048, tok.get_vocab_size()))
    for i in range(3):
        raw = next(made)
        b = {k: torch.from_numpy(v) if v.dtype.kind == "f" else torch.from_numpy(v).long() for k, v in raw.items()}
        print(f"       batch {i}: trunks {tuple(b['t_ids'].shape)}, {float((b['t_seg'] >= 0).float().mean()):.0%} in logs, {float(b['t_hid'].float().mean()):.0%} hidden, "
              f"{float((b['t_seg'] == -2).float().mean()):.0%} padding")
        attention(f"batch {i}", b, 2, 2, 64)
        whole(f"of batch {i}", b, Decoder(config))
    print("failed: " + ", ".join(failed) if failed else "all fine")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
