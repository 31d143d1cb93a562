"""A small sentence embedder over the embedded model's tokenizer, trained with in-batch and near-name negatives; resumable.

Text (at most 192 tokens) -> two bidirectional layers -> mean over tokens -> unit vector.  A query (a question, or the
names after <keywords>) lies near the document it needs, and a question near the log of the same question in other
words.  Exported as a sentence-transformers folder with an ONNX graph: input_ids, attention_mask -> last_hidden_state.
"""
from __future__ import annotations

import argparse
import json
import math
import random
import shutil
import time
from pathlib import Path

import torch
import torch.nn as nn
import torch.nn.functional as F

from . import questions as Q
from .compose import plain_tokenizer
from .examples import main_question, trace
from .train import DEFAULT_DIR
from .wordings import MODEL_DIR
from .world import World

WIDTH, HEADS, FFN, LAYERS, LENGTH = 128, 4, 256, 2, 192
OUT = MODEL_DIR.parent / "embedder"


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.o = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, FFN), nn.Linear(FFN, WIDTH)

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """x [B, T, width]; mask [B, 1, 1, T] additive."""
        B, T, _ = x.shape
        q, k, v = self.qkv(self.n1(x)).view(B, T, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        a = (q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS) + mask).softmax(-1) @ v
        x = x + self.o(a.transpose(1, 2).reshape(B, T, WIDTH))
        return x + self.down(F.gelu(self.up(self.n2(x))))


class Embedder(nn.Module):
    """input_ids, attention_mask [B, T] int64 -> last_hidden_state [B, T, width]."""

    def __init__(self, vocab: int):
        super().__init__()
        self.word, self.place = nn.Embedding(vocab, WIDTH), nn.Embedding(LENGTH, WIDTH)
        nn.init.normal_(self.word.weight, std=0.5); nn.init.normal_(self.place.weight, std=0.02)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        x = self.word(input_ids) + self.place(torch.arange(input_ids.shape[1]))
        mask = (1.0 - attention_mask[:, None, None].to(x.dtype)) * -1e4
        for l in self.layers:
            x = l(x, mask)
        return x


def pooled(m: Embedder, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Unit vectors [B, width]."""
    h = m(ids, mask) * mask[..., None]
    return F.normalize(h.sum(1) / mask.sum(1, keepdim=True), dim=-1)


def encode(tok, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    rows = [x.ids[:LENGTH] or [0] for x in tok.encode_batch(texts, add_special_tokens=False)]
    T = max(map(len, rows))
    ids = torch.tensor([r + [0] * (T - len(r)) for r in rows])
    return ids, torch.tensor([[1] * len(r) + [0] * (T - len(r)) for r in rows])


def indexed(d: dict) -> str:
    """A document as retrieval indexes it."""
    return f"{d['title']}\n{d['text']}"


def pairs(rng: random.Random, n: int, held: bool = False) -> tuple[list[str], list[str], list[str]]:
    """(queries, what each must find, hard negatives): documents of every hop, and logs of the question in other words."""
    queries, found, hard = [], [], []
    while len(queries) < n:
        w = World(rng, held)
        q = main_question(w)
        if rng.random() < 0.35:                      # a log
            responses, _ = trace(w, q)
            if responses[-1].kind == "answer":
                queries.append(Q.again(q, rng).text)
                found.append(f"{q.text}\n{responses[-1].text}")
                hard.append(other.text if (other := Q.word(main_question(w), rng)) else q.text)
            continue
        c = rng.choice(q.chains)
        e, at = c.subject, rng.randrange(len(c.relations))
        name = c.form
        for rel in c.relations[:at]:
            e, name = e.facts[rel].entity, e.facts[rel].text
        queries.append(q.text if at == 0 and rng.random() < 0.7 else name)
        found.append(indexed(w.document(e)))
        near = w.new(e.kind, near=0.9)
        w.facts(near)
        hard.append(indexed(w.document(near)))
    return queries[:n], found[:n], hard[:n]


def export(m: Embedder, out: Path) -> None:
    import onnx
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    (out / "1_Pooling").mkdir(exist_ok=True)
    ids = torch.ones(2, 7, dtype=torch.int64)
    path = out / "onnx/model.onnx"
    torch.onnx.export(m.eval(), (ids, ids), str(path), input_names=["input_ids", "attention_mask"], output_names=["last_hidden_state"], opset_version=17, dynamo=False,
                      dynamic_axes={k: {0: "batch", 1: "length"} for k in ("input_ids", "attention_mask", "last_hidden_state")})
    onnx.checker.check_model(str(path))
    dump = lambda name, x: (out / name).write_text(json.dumps(x, indent=2) + "\n", "utf-8")
    dump("config.json", {"architectures": ["LagEmbedder"], "model_type": "lag-embedder", "hidden_size": WIDTH, "num_hidden_layers": LAYERS,
                         "num_attention_heads": HEADS, "intermediate_size": FFN, "max_position_embeddings": LENGTH, "vocab_size": m.word.num_embeddings, "torch_dtype": "float32"})
    dump("modules.json", [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                          {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                          {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}])
    dump("sentence_bert_config.json", {"max_seq_length": LENGTH, "do_lower_case": False})
    dump("1_Pooling/config.json", {"word_embedding_dimension": WIDTH, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": False})
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(MODEL_DIR / name, out / name)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--dir", type=Path, default=DEFAULT_DIR)
    ap.add_argument("--minutes", type=float, default=15)
    ap.add_argument("--seed", type=int, default=3)
    ap.add_argument("--batch", type=int, default=160)
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--export", type=Path, default=OUT)
    args = ap.parse_args()
    torch.manual_seed(args.seed); torch.set_num_threads(args.threads)
    tok = plain_tokenizer(MODEL_DIR / "tokenizer.json")
    m = Embedder(tok.get_vocab_size())
    opt = torch.optim.AdamW(m.parameters(), lr=2e-3, weight_decay=0.01)
    path, spent, step = args.dir / "embedder.pt", 0.0, 0
    args.dir.mkdir(parents=True, exist_ok=True)
    if path.exists():
        s = torch.load(path, weights_only=False)
        m.load_state_dict(s["model"]); opt.load_state_dict(s["opt"])
        spent, step = s["spent"], s["step"]
    rng, start, saved = random.Random(args.seed + step), time.time(), time.time()

    def save() -> None:
        torch.save({"model": m.state_dict(), "opt": opt.state_dict(), "spent": spent + time.time() - start, "step": step}, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    while (frac := (spent + time.time() - start) / (args.minutes * 60)) < 1:
        queries, found, hard = pairs(rng, args.batch)
        for g in opt.param_groups:
            g["lr"] = 2e-3 * min(1, (step + 1) / 50) * min(1, (1 - frac) / 0.7)
        a, b = pooled(m, *encode(tok, queries)), pooled(m, *encode(tok, found + hard))
        loss = F.cross_entropy(a @ b.T * 20, torch.arange(len(queries)))
        loss.backward()
        nn.utils.clip_grad_norm_(m.parameters(), 1.0)
        opt.step(); opt.zero_grad(set_to_none=True)
        step += 1
        if step % 50 == 0:
            print(json.dumps({"step": step, "minutes": round((spent + time.time() - start) / 60, 1), "loss": round(loss.item(), 4)}), flush=True)
        if time.time() - saved > 180:
            save(); saved = time.time()
    save()
    export(m, args.export)


if __name__ == "__main__":
    main()
