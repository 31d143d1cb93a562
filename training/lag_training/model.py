"""A small Llama-style decoder: RMSNorm, rotary (half-split), grouped-query attention, SwiGLU, tied embeddings, no biases."""
from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import packed
from .attention import LaneAttention, RmsNorm, TrunkAttention


@dataclass
class Config:
    vocab: int = 2048
    width: int = 256
    layers: int = 7
    # Layers after which a blank's tokens must have found what they stand for (trained by a head of their own). A log's early:
    # the responses behind it read the name out of its rows, and have the layers between the two to do so.
    silent_log: int = 4
    silent: int = 5
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 64
    ffn: int = 512
    theta: float = 10000.0
    eps: float = 1e-5
    max_positions: int = 3072     # what examples.py trains, trunk and lane: no weight depends on it

    def dict(self) -> dict:
        return asdict(self)


class Norm(nn.Module):
    def __init__(self, d: int, eps: float):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(d)), eps

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return RmsNorm.apply(x, self.eps) * self.weight


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """x [B, H, T, D]; cos, sin [B, 1, T, D] with the sign of the half-split rotation folded into sin."""
    return x * cos + torch.roll(x, x.shape[-1] // 2, -1) * sin


class Block(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.n1, self.n2 = Norm(c.width, c.eps), Norm(c.width, c.eps)
        self.q = nn.Linear(c.width, c.heads * c.head_dim, bias=False)
        self.k = nn.Linear(c.width, c.kv_heads * c.head_dim, bias=False)
        self.v = nn.Linear(c.width, c.kv_heads * c.head_dim, bias=False)
        self.o = nn.Linear(c.heads * c.head_dim, c.width, bias=False)
        self.gate = nn.Linear(c.width, c.ffn, bias=False)
        self.up = nn.Linear(c.width, c.ffn, bias=False)
        self.down = nn.Linear(c.ffn, c.width, bias=False)

    def qkv(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor):
        """x [B, T, width] -> q [B, H, T, D], k, v [B, KV, T, D]; q and k rotated."""
        B, T, _ = x.shape
        c = self.c
        # one product for q, k and v, the norm's weight folded into it: passes over x are what costs
        w = torch.cat([self.q.weight, self.k.weight, self.v.weight]) * self.n1.weight
        y = F.linear(RmsNorm.apply(x, c.eps), w).view(B, T, c.heads + 2 * c.kv_heads, c.head_dim).transpose(1, 2)
        qk = rotate(y[:, : c.heads + c.kv_heads], cos, sin)
        return qk[:, : c.heads], qk[:, c.heads:], y[:, c.heads + c.kv_heads:]

    def rest(self, x: torch.Tensor, a: torch.Tensor) -> torch.Tensor:
        """x + attention output + feed-forward; a [B, H, T, D]."""
        B, T, _ = x.shape
        x = x + self.o(a.transpose(1, 2).reshape(B, T, -1))
        h = RmsNorm.apply(x, self.c.eps)
        a, b = F.linear(h, self.gate.weight * self.n2.weight), F.linear(h, self.up.weight * self.n2.weight)
        return x + self.down(F.silu(a) * b)


class Decoder(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.c = c
        self.embed = nn.Embedding(c.vocab, c.width)
        self.blocks = nn.ModuleList(Block(c) for _ in range(c.layers))
        self.norm = Norm(c.width, c.eps)
        self.spell = nn.Linear(c.width, c.width, bias=False)     # reads a blank's tokens; training only
        for name, p in self.named_parameters():
            if p.dim() == 2:
                std = 0.02 if "embed" in name else 1 / math.sqrt(p.shape[1])
                if name.endswith(("o.weight", "down.weight")):
                    std /= math.sqrt(2 * c.layers)
                nn.init.normal_(p, std=std)
        cos, sin = tables(c)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    @torch.no_grad()
    def stored_in_half(self) -> None:
        """Rounds the matrices to 16 bits, as the exported files store them."""
        for p in self.parameters():
            if p.dim() == 2:
                p.copy_(p.half().float())

    def rope(self, pos: torch.Tensor, dtype: torch.dtype):
        """pos [B, T] -> cos, sin [B, 1, T, D]."""
        c, s = self.cos[pos], self.sin[pos]
        return torch.cat([c, c], -1)[:, None].to(dtype), torch.cat([-s, s], -1)[:, None].to(dtype)

    def forward(self, ids: torch.Tensor, pos: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Plain masked pass: ids, pos [B, T], mask [B, T, T] (True = may see) -> logits [B, T, vocab]."""
        x = F.embedding(ids, self.embed.weight)
        cos, sin = self.rope(pos, x.dtype)
        for b in self.blocks:
            q, k, v = b.qkv(x, cos, sin)
            x = b.rest(x, attend(q, k, v, mask[:, None]))
        return self.norm(x) @ self.embed.weight.T

    def tree(self, b: dict[str, torch.Tensor], dtype: torch.dtype) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """One pass over packed trees (see examples.collate) -> hidden states of trunk [B, T, width] and lanes [B, R * L, width],
        those of the trunk's tokens with a slot after layer ``silent_log`` [slots, width], and the lanes' after layer ``silent``.

        The trunk attends to itself; a lane attends to the part of its tree's trunk that its branch sees, and to its own branch.
        What comes out for padding means nothing.
        """
        c = self.c
        if dtype == torch.bfloat16 and b["t_ids"].is_cpu and packed.fits(c):
            return packed.tree(self, b)
        B, T = b["t_ids"].shape
        R, L = b["l_ids"].shape[1:]
        KV, n, D = c.kv_heads, c.heads // c.kv_heads, c.head_dim
        i, j = (torch.arange(x, device=b["t_ids"].device) for x in (T, L))
        seg, hid, br = b["t_seg"], b["t_hid"], b["l_branch"]
        same = seg[:, :, None] == seg[:, None, :]
        main = (seg == -1)[:, :, None] & (hid == 0)[:, None, :] & (seg >= -1)[:, None, :]
        additive = lambda ok: torch.zeros(ok.shape, dtype=dtype, device=ok.device).masked_fill_(~ok, -1e4)
        tm = additive((i[:, None] >= i) & (same | main))[:, None, None]
        masks = (additive((i < b["l_vis"][..., None]) & (hid == 0)[:, None, None, :])[:, None, :, None],
                 additive((j[:, None] >= j) & (br[..., :, None] == br[..., None, :]))[:, None, :, None])
        w = self.embed.weight
        x, y = F.embedding(b["t_ids"], w), F.embedding(b["l_ids"].view(B, R * L), w)
        tc, ts = self.rope(b["t_pos"], dtype)
        lc, ls = self.rope(b["l_pos"].view(B, R * L), dtype)
        for i, blk in enumerate(self.blocks):
            if i == c.silent_log:
                in_logs = RmsNorm.apply(x[b["t_slot"] >= 0], c.eps)
            if i == c.silent:
                in_responses = RmsNorm.apply(y[b["l_slot"].flatten(1) >= 0], c.eps)
            q, k, v = blk.qkv(x, tc, ts)
            ql, kl, vl = blk.qkv(y, lc, ls)
            k, v = k.contiguous(), v.contiguous()
            x = blk.rest(x, TrunkAttention.apply(q.reshape(B, KV, n, T, D), k, v, tm).reshape(B, KV * n, T, D))
            ql = ql.reshape(B, KV, n, R, L, D).transpose(2, 3)
            o = LaneAttention.apply(ql, k, v, kl.reshape(B, KV, R, L, D).contiguous(), vl.reshape(B, KV, R, L, D).contiguous(), *masks)
            y = blk.rest(y, o.transpose(2, 3).reshape(B, KV * n, R * L, D))
        return self.norm(x), self.norm(y), in_logs, in_responses


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Grouped-query attention; heads h of one group share KV head h // (H / KV), as in GroupQueryAttention."""
    n = q.shape[1] // k.shape[1]
    if n > 1:
        k, v = k.repeat_interleave(n, 1), v.repeat_interleave(n, 1)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def tables(c: Config) -> tuple[torch.Tensor, torch.Tensor]:
    """cos, sin [max positions, head_dim / 2], angles in f64."""
    inv = c.theta ** (-torch.arange(0, c.head_dim, 2, dtype=torch.float64) / c.head_dim)
    a = torch.arange(c.max_positions, dtype=torch.float64)[:, None] * inv
    return a.cos().float(), a.sin().float()
