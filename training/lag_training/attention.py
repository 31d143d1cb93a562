"""Attention and norm with hand-written gradients in plain PyTorch, for any dtype: what is used without the kernels of fused.cpp,
and what they are checked against."""
from __future__ import annotations

import torch


class TrunkAttention(torch.autograd.Function):
    """q [B, KV, n, T, D] (n query heads share a KV head), k, v [B, KV, T, D], mask [B, 1, 1, T, T] additive."""

    @staticmethod
    def forward(ctx, q, k, v, mask):
        B, KV, n, T, D = q.shape
        q = q.reshape(B, KV, n * T, D) * (D ** -0.5)
        s = torch.matmul(q, k.transpose(-1, -2)).view(B, KV, n, T, T)
        p = s.add_(mask).softmax(-1).view(B, KV, n * T, T)
        ctx.save_for_backward(q, k, v, p)
        return torch.matmul(p, v).view(B, KV, n, T, D)

    @staticmethod
    def backward(ctx, g):
        q, k, v, p = ctx.saved_tensors
        B, KV, n, T, D = g.shape
        g = g.reshape(B, KV, n * T, D)
        dv = torch.matmul(p.transpose(-1, -2), g)
        ds = torch._softmax_backward_data(torch.matmul(g, v.transpose(-1, -2)), p, -1, p.dtype)
        dq = (torch.matmul(ds, k) * (D ** -0.5)).view(B, KV, n, T, D)
        return dq, torch.matmul(ds.transpose(-1, -2), q), dv, None


class LaneAttention(torch.autograd.Function):
    """Lanes see their tree's trunk and themselves.

    q [B, KV, R, n, L, D], trunk k, v [B, KV, T, D], own k, v [B, KV, R, L, D], masks [B, 1, R, 1, L, T] and [B, 1, R, 1, L, L].
    """

    @staticmethod
    def forward(ctx, q, k, v, ko, vo, m1, m2):
        B, KV, R, n, L, D = q.shape
        T = k.shape[2]
        q = q.contiguous() * (D ** -0.5)
        s = q.new_empty(B, KV, R, n, L, T + L)
        torch.add(torch.matmul(q.view(B, KV, -1, D), k.transpose(-1, -2)).view(B, KV, R, n, L, T), m1, out=s[..., :T])
        torch.add(torch.matmul(q.view(B, KV, R, n * L, D), ko.transpose(-1, -2)).view(B, KV, R, n, L, L), m2, out=s[..., T:])
        p = s.softmax(-1)
        p1 = p[..., :T].reshape(B, KV, -1, T)
        p2 = p[..., T:].reshape(B, KV, R, n * L, L)
        o = torch.matmul(p1, v).view(B, KV, R, n, L, D) + torch.matmul(p2, vo).view(B, KV, R, n, L, D)
        ctx.save_for_backward(q, k, v, ko, vo, p)
        return o

    @staticmethod
    def backward(ctx, g):
        q, k, v, ko, vo, p = ctx.saved_tensors
        B, KV, R, n, L, D = q.shape
        T = k.shape[2]
        g = g.contiguous()
        g1, g2 = g.view(B, KV, -1, D), g.view(B, KV, R, n * L, D)
        q1, q2 = q.view(B, KV, -1, D), q.view(B, KV, R, n * L, D)
        dp = q.new_empty(p.shape)
        dp[..., :T] = torch.matmul(g1, v.transpose(-1, -2)).view(B, KV, R, n, L, T)
        dp[..., T:] = torch.matmul(g2, vo.transpose(-1, -2)).view(B, KV, R, n, L, L)
        ds = torch._softmax_backward_data(dp, p, -1, p.dtype)
        p1, p2 = p[..., :T].reshape(B, KV, -1, T), p[..., T:].reshape(B, KV, R, n * L, L)
        d1, d2 = ds[..., :T].reshape(B, KV, -1, T), ds[..., T:].reshape(B, KV, R, n * L, L)
        dq = torch.matmul(d1, k).view(B, KV, R, n, L, D) + torch.matmul(d2, ko).view(B, KV, R, n, L, D)
        return (dq.mul_(D ** -0.5), torch.matmul(d1.transpose(-1, -2), q1), torch.matmul(p1.transpose(-1, -2), g1),
                torch.matmul(d2.transpose(-1, -2), q2), torch.matmul(p2.transpose(-1, -2), g2), None, None)


class RmsNorm(torch.autograd.Function):
    """x [.., d] -> x / rms(x); the norm's weight is folded into the product that follows."""

    @staticmethod
    def forward(ctx, x, eps):
        n = torch.linalg.vector_norm(x, dim=-1, keepdim=True, dtype=torch.float32)
        r = (n * n / x.shape[-1] + eps).rsqrt().to(x.dtype)
        y = x * r
        ctx.save_for_backward(y, r)
        return y

    @staticmethod
    def backward(ctx, g):
        y, r = ctx.saved_tensors
        m = (g * y).mean(-1, keepdim=True)
        return torch.addcmul(g, y, m, value=-1).mul_(r), None

