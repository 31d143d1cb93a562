"""The embedder: sub-words, pairs of neighbouring sub-words, bidirectional layers, and a weight for each token.

A token's vector is its embedding plus a product of two projections, one of it and one of the token before: a name that was
never seen still has pairs that hardly any other name has.  Layers, where there are any, see the whole text.  Last a gate
scales each token by what it is and where it stands (titles and questions come first), so that plain mean pooling, which is
all that a sentence-transformers folder can ask for, is a weighted one.
"""
from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import nn

from .wordings import MODEL_DIR

MAX_TOKENS = 256          # a longer text is cut
EPS = 1e-5
# Folded as the lexical index folds: "The Sixth Of June" and "the sixth of june" give the same tokens, at the start of a text too.
NORMALIZER = {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, {"type": "Prepend", "prepend": " "}]}


@dataclass
class EmbedderConfig:
    vocab: int = 2048
    width: int = 256
    layers: int = 0
    heads: int = 4
    ffn: int = 512
    pairs: bool = True

    def dict(self) -> dict:
        return asdict(self)


class Layer(nn.Module):
    """Pre-norm attention and feed-forward; the outputs begin at zero, so training begins with the bag of tokens and pairs."""

    def __init__(self, c: EmbedderConfig):
        super().__init__()
        self.heads = c.heads
        self.n1, self.n2 = nn.LayerNorm(c.width, eps=EPS), nn.LayerNorm(c.width, eps=EPS)
        self.q, self.k, self.v, self.o = (nn.Linear(c.width, c.width, bias=False) for _ in range(4))
        self.up, self.down = nn.Linear(c.width, c.ffn), nn.Linear(c.ffn, c.width)
        nn.init.zeros_(self.o.weight); nn.init.zeros_(self.down.weight); nn.init.zeros_(self.down.bias)

    def forward(self, x, mask):
        B, T, D = x.shape
        h = self.n1(x)
        q, k, v = (p(h).view(B, T, self.heads, -1).transpose(1, 2) for p in (self.q, self.k, self.v))
        a = F.scaled_dot_product_attention(q, k, v, attn_mask=mask[:, None, None])
        x = x + self.o(a.transpose(1, 2).reshape(B, T, D))
        return x + self.down(F.gelu(self.up(self.n2(x))))


class Embedder(nn.Module):
    def __init__(self, c: EmbedderConfig):
        super().__init__()
        self.c = c
        self.embed = nn.Embedding(c.vocab, c.width)
        nn.init.normal_(self.embed.weight, std=c.width ** -0.5)
        if c.pairs:
            self.before, self.here = nn.Linear(c.width, c.width, bias=False), nn.Linear(c.width, c.width, bias=False)
            for p in (self.before, self.here):
                nn.init.orthogonal_(p.weight, gain=c.width ** 0.25)     # a pair's vector is about as long as a token's
        self.layers = nn.ModuleList(Layer(c) for _ in range(c.layers))
        self.norm = nn.LayerNorm(c.width, eps=EPS)
        self.gate = nn.Linear(c.width, 1)
        nn.init.zeros_(self.gate.weight)
        self.place = nn.Parameter(torch.zeros(MAX_TOKENS, 1))            # of the gate; what comes later shares the last one
        self.scale = nn.Parameter(torch.tensor(3.0))                     # log of the inverse temperature; training only

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """ids, mask [B, T] -> last_hidden_state [B, T, width]; mean pooling is the reader's."""
        x = self.embed(ids)
        if self.c.pairs:
            x = x + F.pad(self.before(x)[:, :-1], (0, 0, 1, 0)) * self.here(x)
        for layer in self.layers:
            x = layer(x, mask)
        place = self.place[torch.arange(ids.shape[1]).clamp(max=MAX_TOKENS - 1)]
        return x * F.softplus(self.gate(self.norm(x)) + place)

    def pooled(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        m = mask[..., None].float()
        return F.normalize((self(ids, mask).float() * m).sum(1) / m.sum(1), dim=-1)

    def encode(self, rows: list[list[int]], budget: int = 8192) -> torch.Tensor:
        """Normalised vectors [n, width]; rows of like length go together, at most ``budget`` tokens at once."""
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        out, cur = [], []
        for i in order:
            if cur and len(rows[i]) * (len(cur) + 1) > budget:
                out.append(self.pooled(*padded([rows[j] for j in cur]))); cur = []
            cur.append(i)
        out.append(self.pooled(*padded([rows[j] for j in cur])))
        back = torch.empty(len(rows), dtype=torch.long)
        back[torch.tensor(order)] = torch.arange(len(rows))
        return torch.cat(out)[back]


def padded(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    n = max(len(r) for r in rows)
    ids, mask = np.zeros((len(rows), n), np.int64), np.zeros((len(rows), n), bool)
    for i, r in enumerate(rows):
        ids[i, :len(r)] = r; mask[i, :len(r)] = True
    return torch.from_numpy(ids), torch.from_numpy(mask)


def tokenizer_spec() -> dict:
    """The embedded model's tokenizer on folded text, without control tokens: a text that spells one stays plain characters."""
    spec = json.loads((MODEL_DIR / "tokenizer.json").read_text("utf-8"))
    return {**spec, "added_tokens": [], "normalizer": NORMALIZER}


def tokenizer() -> Tokenizer:
    return Tokenizer.from_str(json.dumps(tokenizer_spec()))


def token_rows(tok: Tokenizer, texts: list[str]) -> list[list[int]]:
    return [x.ids[:MAX_TOKENS] for x in tok.encode_batch(texts, add_special_tokens=False)]


def load(path: Path) -> Embedder:
    s = torch.load(path, weights_only=False)
    m = Embedder(EmbedderConfig(**s["config"]))
    m.load_state_dict(s["model"])
    return m.eval()
