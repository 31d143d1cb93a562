"""The fast path of training: all trees of a batch as one matrix of rows, padding left out, with the kernels of fused.cpp.

A tree is one sequence: the rows of its trunk, then those of its lanes. N rows in all; bf16 only.
"""
from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F

from .fused import LIB, call


def fits(c) -> bool:
    """Whether there are kernels for a model of configuration c; else the plain path is used."""
    return LIB is not None and all(x % 32 == 0 for x in (c.head_dim, c.width, c.ffn))


class Rows(NamedTuple):
    """Row i sees row j <= i of its sequence iff group[i] == group[j] or (j < limit[i] and open[j]); j counts from the sequence's start."""
    index: torch.Tensor     # [N] where a row stands in [B, T + R * L]
    first: torch.Tensor     # [B + 1] i32: sequence b is rows first[b] .. first[b + 1]
    group: torch.Tensor     # [N] i32
    limit: torch.Tensor     # [N] i32
    open: torch.Tensor      # [N] i32


def rows_of(b: dict[str, torch.Tensor]) -> Rows:
    """The rules of examples.pack: a trunk's main text sees what is not hidden, a log only itself; a lane's branch sees
    what is not hidden of the first ``vis`` rows of the trunk, and itself."""
    seg, branch, hid = b["t_seg"], b["l_branch"], b["t_hid"]
    B, R, L = branch.shape
    in_trunk, in_lane = seg != -2, (branch != -1).flatten(1)
    there = torch.cat([in_trunk, in_lane], 1)
    group = torch.cat([seg, (branch + (torch.arange(R)[:, None] << 12) + (1 << 20)).flatten(1)], 1)      # no two lanes share a group
    before = F.pad(in_trunk.cumsum(1), (1, 0))
    limit = torch.cat([torch.where(seg == -1, 1 << 30, 0), before.gather(1, b["l_vis"].flatten(1))], 1)
    opened = torch.cat([hid == 0, torch.zeros_like(in_lane)], 1)
    index = there.flatten().nonzero().squeeze(1)
    pick = lambda x: x.flatten()[index].int()
    return Rows(index, F.pad(there.sum(1).cumsum(0), (1, 0)).int(), pick(group), pick(limit), pick(opened))


class Attention(torch.autograd.Function):
    """y [N, (H + 2 KV) D] (q, k, v of each row, not yet rotated) -> [N, H D]; cos, sin [N, D / 2] f32."""

    @staticmethod
    def forward(ctx, y, cos, sin, rows: Rows, KV: int, n: int, D: int):
        out, lse = y.new_empty(y.shape[0], KV * n * D), cos.new_empty(y.shape[0], KV * n)
        ctx.shape = (rows.first.shape[0] - 1, KV, n, D)
        call("attention", y, cos, sin, *rows[1:], out, lse, *ctx.shape)
        ctx.save_for_backward(y, cos, sin, *rows[1:], out, lse)
        return out

    @staticmethod
    def backward(ctx, g):
        dy = torch.empty_like(ctx.saved_tensors[0])
        call("attention_back", *ctx.saved_tensors, g.contiguous(), dy, *ctx.shape)
        return dy, None, None, None, None, None, None


class Linear(torch.autograd.Function):
    """x [N, I], w [O, I] -> x w' [N, O]."""

    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return F.linear(x, w)

    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        g, dw = g.contiguous(), torch.empty_like(w)
        call("weight_gradient", g, x, dw, x.shape[0], *w.shape)
        return g @ w, dw


class Norm(torch.autograd.Function):
    """x [N, W] -> x / rms(x); the norm's weight is folded into the product that follows."""

    @staticmethod
    def forward(ctx, x, eps: float):
        h, r = torch.empty_like(x), x.new_empty(x.shape[0], dtype=torch.float32)
        call("add_norm", x, None, None, h, r, *x.shape, eps)
        ctx.save_for_backward(h, r)
        return h

    @staticmethod
    def backward(ctx, g):
        h, r = ctx.saved_tensors
        out = torch.empty_like(h)
        call("add_norm_back", None, g.contiguous(), h, r, out, *h.shape)
        return out, None


class AddNorm(torch.autograd.Function):
    """x, o [N, W] -> x + o, Norm of it."""

    @staticmethod
    def forward(ctx, x, o, eps: float):
        s, h, r = torch.empty_like(x), torch.empty_like(x), x.new_empty(x.shape[0], dtype=torch.float32)
        call("add_norm", x, o, s, h, r, *x.shape, eps)
        ctx.save_for_backward(h, r)
        ctx.set_materialize_grads(False)
        return s, h

    @staticmethod
    def backward(ctx, gs, gh):
        h, r = ctx.saved_tensors
        out = torch.empty_like(h)
        call("add_norm_back", None if gs is None else gs.contiguous(), gh.contiguous(), h, r, out, *h.shape)
        return out, out, None


class SwiGlu(torch.autograd.Function):
    """z [N, 2 F] (gate, up) -> silu(gate) up [N, F]."""

    @staticmethod
    def forward(ctx, z):
        N, F2 = z.shape
        out = z.new_empty(N, F2 // 2)
        call("swiglu", z, out, N, F2 // 2)
        ctx.save_for_backward(z)
        return out

    @staticmethod
    def backward(ctx, g):
        z, = ctx.saved_tensors
        dz = torch.empty_like(z)
        call("swiglu_back", z, g.contiguous(), dz, *g.shape)
        return dz


class CrossEntropy(torch.autograd.Function):
    """logits [N, V], target [N] i64 -> loss [N] f32."""

    @staticmethod
    def forward(ctx, x, target):
        loss = x.new_empty(x.shape[0], dtype=torch.float32)
        lse = torch.empty_like(loss)
        call("cross_entropy", x, target, loss, lse, *x.shape)
        ctx.save_for_backward(x, target, lse)
        return loss

    @staticmethod
    def backward(ctx, g):
        x, target, lse = ctx.saved_tensors
        dx = torch.empty_like(x)
        call("cross_entropy_back", x, target, lse, g.contiguous(), dx, *x.shape)
        return dx, None


def token_losses(h: torch.Tensor, w: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Cross entropy of each row's logits h w': h [N, W], w [V, W], target [N] -> [N] f32."""
    if LIB is not None and h.is_cpu and h.dtype == torch.bfloat16 and all(x % 32 == 0 for x in w.shape):
        return CrossEntropy.apply(Linear.apply(h, w), target)
    return F.cross_entropy((h @ w.T).float(), target, reduction="none")


def tree(m, b: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Decoder.tree of model m; padding gets zeros."""
    c = m.c
    B, T = b["t_ids"].shape
    rows = rows_of(b)
    both = lambda k: torch.cat([b["t_" + k], b["l_" + k].flatten(1)], 1).flatten()[rows.index]
    pos = both("pos")
    cos, sin = m.cos[pos], m.sin[pos]
    x = F.embedding(both("ids"), m.embed.weight)
    h = Norm.apply(x, c.eps)
    n = T + b["l_ids"][0].numel()
    slot, trunk = both("slot") >= 0, rows.index % n < T
    for i, blk in enumerate(m.blocks):
        if i == c.silent_log:
            in_logs = h[slot & trunk]
        if i == c.silent:
            in_responses = h[slot & ~trunk]
        # one product for q, k and v, one for gate and up, the norm's weight folded in: passes over x are what costs
        y = Linear.apply(h, torch.cat([blk.q.weight, blk.k.weight, blk.v.weight]) * blk.n1.weight)
        a = Attention.apply(y, cos, sin, rows, c.kv_heads, c.heads // c.kv_heads, c.head_dim)
        x, h = AddNorm.apply(x, Linear.apply(a, blk.o.weight), c.eps)
        z = Linear.apply(h, torch.cat([blk.gate.weight, blk.up.weight]) * blk.n2.weight)
        x, h = AddNorm.apply(x, Linear.apply(SwiGlu.apply(z), blk.down.weight), c.eps)
    out = h.new_zeros(B * n, c.width).index_copy(0, rows.index, h * m.norm.weight).view(B, n, c.width)
    return out[:, :T], out[:, T:], in_logs, in_responses
