"""Writes the embedder as a sentence-transformers folder with an ONNX graph of standard operators, and compares both.

Matrices are stored as f16 and cast to f32 when the session starts: half the size, one kind of arithmetic everywhere.
"""
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper
from tokenizers import Tokenizer

from .embedder_model import EPS, MAX_TOKENS, Embedder, padded, token_rows, tokenizer, tokenizer_spec
from .export import Graph

F32, I64 = TensorProto.FLOAT, TensorProto.INT64
TOLERANCE = 1e-3
TEXTS = ["Who is the father of the director of The Sixth Of June?", "Anna Lind", "ß",
         "Anna Lind: Anna Lind was born in Oslo. The father of Anna Lind was Olav Lind. Anna Lind died on 3 May 1901."]


def build(m: Embedder) -> onnx.ModelProto:
    c, g = m.c, Graph(half=False)
    plain = lambda p: p.detach().float().numpy()
    node = g.node

    def linear(x: str, name: str, p: torch.nn.Linear, out: str) -> str:
        y = node("MatMul", [x, g.weight(name + ".weight", plain(p.weight.T))], [out if p.bias is None else out + ".product"])
        return y if p.bias is None else node("Add", [y, g.constant(name + ".bias", plain(p.bias))], [out])

    def norm(x: str, name: str, p: torch.nn.LayerNorm, out: str) -> str:
        return node("LayerNormalization", [x, g.constant(name + ".weight", plain(p.weight)), g.constant(name + ".bias", plain(p.bias))], [out], axis=-1, epsilon=EPS)

    whole = {"first": [0], "one_index": [1], "two_index": [2], "zero": 0, "step": 1, "last_place": MAX_TOKENS - 1}
    real = {"one": 1.0}
    if c.pairs:
        whole |= {"last": [-1], "along": [1], "shift": [0, 1, 0, 0, 0, 0]}
    if c.layers:
        whole |= {"heads": [0, 0, c.heads, -1], "joined": [0, 0, -1], "planes": [1, 2]}
        real |= {"far": -1e9, "root": (c.width // c.heads) ** -0.5, "half": 0.5, "sqrt_half": 0.5 ** 0.5}
    for values, kind in ((whole, np.int64), (real, np.float32)):
        for name, v in values.items():
            g.constant(name, np.array(v, kind))
    x = node("Gather", [g.weight("embeddings.weight", plain(m.embed.weight)), "input_ids"], ["embedded"])
    if c.pairs:
        before = node("Slice", [linear(x, "pairs.before", m.before, "before"), "first", "last", "along"], ["before.cut"])
        before = node("Pad", [before, "shift"], ["before.shifted"], mode="constant")
        pair = node("Mul", [before, linear(x, "pairs.here", m.here, "here")], ["pair"])
        x = node("Add", [x, pair], ["paired"])
    if c.layers:
        m01 = node("Cast", ["attention_mask"], ["mask.f32"], to=F32)
        away = node("Mul", [node("Sub", ["one", m01], ["mask.away"]), "far"], ["mask.far"])
        away = node("Unsqueeze", [away, "planes"], ["mask.bias"])
    for i, layer in enumerate(m.layers):
        w = f"layers.{i}"
        h = norm(x, f"{w}.norm1", layer.n1, f"{w}.normed1")
        split = lambda s, p, perm: node("Transpose", [node("Reshape", [linear(h, f"{w}.{s}", p, f"{w}.{s}"), "heads"], [f"{w}.{s}.heads"])], [f"{w}.{s}.turned"], perm=perm)
        q, k, v = split("query", layer.q, [0, 2, 1, 3]), split("key", layer.k, [0, 2, 3, 1]), split("value", layer.v, [0, 2, 1, 3])
        s = node("Mul", [node("MatMul", [q, k], [f"{w}.scores"]), "root"], [f"{w}.scaled"])
        s = node("Softmax", [node("Add", [s, away], [f"{w}.masked"])], [f"{w}.weights"], axis=-1)
        a = node("Transpose", [node("MatMul", [s, v], [f"{w}.mixed"])], [f"{w}.mixed.turned"], perm=[0, 2, 1, 3])
        a = linear(node("Reshape", [a, "joined"], [f"{w}.mixed.joined"]), f"{w}.output", layer.o, f"{w}.attended")
        x = node("Add", [x, a], [f"{w}.skip1"])
        u = linear(norm(x, f"{w}.norm2", layer.n2, f"{w}.normed2"), f"{w}.up", layer.up, f"{w}.upper")
        e = node("Add", [node("Erf", [node("Mul", [u, "sqrt_half"], [f"{w}.erf.in"])], [f"{w}.erf"]), "one"], [f"{w}.erf.one"])
        u = node("Mul", [node("Mul", [u, e], [f"{w}.gelu.twice"]), "half"], [f"{w}.gelu"])
        x = node("Add", [x, linear(u, f"{w}.down", layer.down, f"{w}.fed")], [f"{w}.skip2"])
    # softplus as max(x, 0) + log(1 + exp(-|x|)): WebGPU has no operator for it
    t = linear(norm(x, "norm", m.norm, "normed"), "gate", m.gate, "gate")
    length = node("Squeeze", [node("Slice", [node("Shape", ["input_ids"], ["shape"]), "one_index", "two_index"], ["length.row"]), "first"], ["length"])
    places = node("Min", [node("Range", ["zero", length, "step"], ["places"]), "last_place"], ["places.cut"])
    t = node("Add", [t, node("Gather", [g.constant("gate.place", plain(m.place)), places], ["gate.places"])], ["gate.placed"])
    low = node("Exp", [node("Neg", [node("Abs", [t], ["gate.abs"])], ["gate.neg"])], ["gate.exp"])
    low = node("Log", [node("Add", [low, "one"], ["gate.exp.one"])], ["gate.log"])
    node("Mul", [x, node("Add", [node("Relu", [t], ["gate.relu"]), low], ["gate.softplus"])], ["last_hidden_state"])
    io = helper.make_tensor_value_info
    graph = helper.make_graph(g.nodes, "web-lag-embedder", [io(n, I64, ["batch_size", "sequence_length"]) for n in ("input_ids", "attention_mask")],
                              [io("last_hidden_state", F32, ["batch_size", "sequence_length", c.width])], g.inits)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9, producer_name="web-lag")


def write(m: Embedder, out: Path) -> None:
    c = m.c
    for folder in ("onnx", "1_Pooling"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    dump = lambda name, x: (out / name).write_text(json.dumps(x, indent=2, ensure_ascii=False) + "\n", "utf-8")
    onnx.save(build(m), str(out / "onnx/model.onnx"))
    dump("config.json", {
        # "bert" tells a loader that this is an encoder; what differs from BERT's graph is said in "lag"
        "model_type": "bert", "vocab_size": c.vocab, "hidden_size": c.width, "intermediate_size": c.ffn, "num_hidden_layers": c.layers,
        "num_attention_heads": c.heads, "hidden_act": "gelu", "layer_norm_eps": EPS, "max_position_embeddings": MAX_TOKENS, "pad_token_id": 0, "torch_dtype": "float32",
        "lag": {"embedder": "no token type embeddings; pairs of neighbouring tokens added to the embeddings, pre-norm layers if any, a gate by state and place on each token's last state",
                "weights": "float16, cast to float32 in the graph", "pairs": c.pairs, "needs_normalization": True}})
    dump("tokenizer.json", tokenizer_spec())
    dump("tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": False, "add_eos_token": False, "add_prefix_space": False,
                                   "pad_token": "<|pad|>", "padding_side": "right", "clean_up_tokenization_spaces": False, "model_max_length": MAX_TOKENS})
    dump("modules.json", [{"idx": i, "name": str(i), "path": p, "type": f"sentence_transformers.models.{t}"} for i, (p, t) in
                          enumerate((("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")))])
    dump("sentence_bert_config.json", {"max_seq_length": MAX_TOKENS, "do_lower_case": False})
    dump("1_Pooling/config.json", {"word_embedding_dimension": c.width, "pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True,
                                   "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False})
    worst = check(m, out)
    size = sum(f.stat().st_size for f in out.rglob("*") if f.is_file())
    print(f"model.onnx {(out / 'onnx/model.onnx').stat().st_size / 1e6:.2f} MB, folder {size / 1e6:.2f} MB, "
          f"largest difference of a normalised vector {worst:.1e} (1 - cosine below {worst * worst / 2:.0e})")


class OnnxEmbedder:
    """The exported folder as a reader uses it: ids, mask, mean, length one."""

    def __init__(self, folder: Path):
        o = ort.SessionOptions()
        o.intra_op_num_threads = 1
        self.session = ort.InferenceSession(str(folder / "onnx/model.onnx"), o, providers=["CPUExecutionProvider"])
        self.tok = Tokenizer.from_file(str(folder / "tokenizer.json"))

    def encode(self, texts: list[str], batch: int = 32) -> np.ndarray:
        rows = token_rows(self.tok, texts)
        order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        out: list[np.ndarray] = [np.empty(0)] * len(rows)
        for at in range(0, len(order), batch):
            here = order[at: at + batch]
            ids, mask = (x.numpy().astype(np.int64) for x in padded([rows[i] for i in here]))
            x = self.session.run(["last_hidden_state"], {"input_ids": ids, "attention_mask": mask})[0] * mask[..., None]
            v = x.sum(1) / mask.sum(1, keepdims=True)
            for i, y in zip(here, v / np.linalg.norm(v, axis=-1, keepdims=True)):
                out[i] = y
        return np.stack(out)


def check(m: Embedder, folder: Path) -> float:
    """Largest length of the difference of two vectors, of texts alone and padded; raises above the tolerance.  The weights' rounding counts in."""
    o = OnnxEmbedder(folder)
    with torch.no_grad():
        want = m.pooled(*padded(token_rows(tokenizer(), TEXTS))).numpy()
    got = np.concatenate([o.encode(TEXTS), *(o.encode([t]) for t in TEXTS)])
    worst = float(np.linalg.norm(got - np.concatenate([want, want]), axis=-1).max())
    assert worst < TOLERANCE, f"ONNX and PyTorch differ by {worst}"
    return worst
