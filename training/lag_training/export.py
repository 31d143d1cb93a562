"""Writes the model folder: two ONNX graphs, config.json, generation_config.json, self-test.json.

The graphs have the form of the usual Llama exports: GroupQueryAttention with the
rotation inside it (no position_ids), [Skip]SimplifiedLayerNormalization, the
lengths computed from attention_mask.  Matrices are stored in 16 bits in both:
model.onnx turns them into f32 when its session starts and computes in f32,
model_fp16.onnx computes in f16, for GPUs that can.
"""
from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from . import make_fixtures, parity
from .checkpoint import load
from .compose import BOS, EOT, PAD, plain_tokenizer
from .examples import MODES
from .model import Config, Decoder
from .train import DEFAULT_DIR
from .wordings import MODEL_DIR, SPELL

MS = "com.microsoft"
MAX_NEW_TOKENS = 200
# A log little similar to the query, or far behind the most similar one, misleads more often than it helps: what these
# floors keep is counted by floors.py.
MIN_SIMILARITY, MIN_RELATIVE_SIMILARITY = 0.25, 0.7


WEIGHTS = {"float32": "onnx/model.onnx", "float16": "onnx/model_fp16.onnx"}


class Graph:
    def __init__(self, half: bool) -> None:
        self.half = half
        self.nodes: list = []
        self.inits: list = []

    def constant(self, name: str, a) -> str:
        self.inits.append(numpy_helper.from_array(np.ascontiguousarray(a), name))
        return name

    def table(self, name: str, a) -> str:
        """Small floats, exact where f32 is computed."""
        return self.constant(name, a.astype(np.float16) if self.half else a)

    def weight(self, name: str, a) -> str:
        """A matrix, stored in 16 bits."""
        self.constant(name, a.astype(np.float16))
        return name if self.half else self.node("Cast", [name], [f"{name}.f32"], to=TensorProto.FLOAT)

    def node(self, op: str, ins: list[str], outs: list[str], domain: str = "", **attrs) -> str:
        self.nodes.append(helper.make_node(op, ins, outs, name=f"/{outs[0] or op}/{op}", domain=domain, **attrs))
        return outs[0]


def build(m: Decoder, half: bool) -> onnx.ModelProto:
    """``half``: computes in f16 and keeps f16 rows; else in f32. Logits are f32."""
    c = m.c
    g = Graph(half)
    f = lambda p: p.detach().float().numpy()
    F32, I64 = TensorProto.FLOAT, TensorProto.INT64
    ROWS = TensorProto.FLOAT16 if half else F32
    io = helper.make_tensor_value_info
    ins = [io("input_ids", I64, ["batch_size", "sequence_length"]), io("attention_mask", I64, ["batch_size", "total_sequence_length"])]
    outs = [io("logits", F32, ["batch_size", "sequence_length", c.vocab])]
    for l in range(c.layers):
        for s in ("key", "value"):
            ins.append(io(f"past_key_values.{l}.{s}", ROWS, ["batch_size", c.kv_heads, "past_sequence_length", c.head_dim]))
            outs.append(io(f"present.{l}.{s}", ROWS, ["batch_size", c.kv_heads, "total_sequence_length", c.head_dim]))
    # lengths: seqlens_k = sum(mask) - 1 per row, total = length of the mask
    g.constant("one", np.array([1], np.int64)); g.constant("index_one", np.array(1, np.int64))
    g.node("ReduceSum", ["attention_mask", "one"], ["mask_sum"], keepdims=1)
    g.node("Sub", ["mask_sum", "one"], ["last_index"]); g.node("Cast", ["last_index"], ["seqlens_k"], to=TensorProto.INT32)
    g.node("Shape", ["attention_mask"], ["mask_shape"]); g.node("Gather", ["mask_shape", "index_one"], ["total_i64"], axis=0)
    g.node("Cast", ["total_i64"], ["total"], to=TensorProto.INT32)
    g.table("cos_cache", m.cos.numpy()); g.table("sin_cache", m.sin.numpy())
    embed = g.weight("model.embed_tokens.weight", f(m.embed.weight))
    skip = g.node("Gather", [embed, "input_ids"], ["embed"])
    mlp = ""
    lin = lambda x, name, p, out: g.node("MatMul", [x, g.weight(name, f(p).T)], [out])
    for l, b in enumerate(m.blocks):
        p, w = f"layers.{l}", f"model.layers.{l}"
        n1, n2 = g.table(f"{w}.input_layernorm.weight", f(b.n1.weight)), g.table(f"{w}.post_attention_layernorm.weight", f(b.n2.weight))
        if l == 0:
            h = g.node("SimplifiedLayerNormalization", [skip, n1], [f"{p}.norm1"], axis=-1, epsilon=c.eps, stash_type=1)
        else:
            h = g.node("SkipSimplifiedLayerNormalization", [skip, mlp, n1], [f"{p}.norm1", "", "", f"{p}.skip1"], MS, epsilon=c.eps)
            skip = f"{p}.skip1"
        q = lin(h, f"{w}.self_attn.q_proj.weight", b.q.weight, f"{p}.q")
        k = lin(h, f"{w}.self_attn.k_proj.weight", b.k.weight, f"{p}.k")
        v = lin(h, f"{w}.self_attn.v_proj.weight", b.v.weight, f"{p}.v")
        g.node("GroupQueryAttention", [q, k, v, f"past_key_values.{l}.key", f"past_key_values.{l}.value", "seqlens_k", "total", "cos_cache", "sin_cache"],
               [f"{p}.attn", f"present.{l}.key", f"present.{l}.value"], MS, num_heads=c.heads, kv_num_heads=c.kv_heads,
               scale=float(c.head_dim ** -0.5), do_rotary=1, rotary_interleaved=0, local_window_size=-1)
        o = lin(f"{p}.attn", f"{w}.self_attn.o_proj.weight", b.o.weight, f"{p}.o")
        g.node("SkipSimplifiedLayerNormalization", [skip, o, n2], [f"{p}.norm2", "", "", f"{p}.skip2"], MS, epsilon=c.eps)
        skip = f"{p}.skip2"
        gate = lin(f"{p}.norm2", f"{w}.mlp.gate_proj.weight", b.gate.weight, f"{p}.gate")
        up = lin(f"{p}.norm2", f"{w}.mlp.up_proj.weight", b.up.weight, f"{p}.up")
        g.node("Sigmoid", [gate], [f"{p}.sigmoid"]); g.node("Mul", [gate, f"{p}.sigmoid"], [f"{p}.silu"]); g.node("Mul", [f"{p}.silu", up], [f"{p}.gated"])
        mlp = lin(f"{p}.gated", f"{w}.mlp.down_proj.weight", b.down.weight, f"{p}.down")
    n = g.table("model.norm.weight", f(m.norm.weight))
    g.node("SkipSimplifiedLayerNormalization", [skip, mlp, n], ["norm"], MS, epsilon=c.eps)
    # tied embeddings: stored once, turned when the session starts (constant folding)
    g.node("Transpose", [embed], ["lm_head.weight"], perm=[1, 0])
    g.node("MatMul", ["norm", "lm_head.weight"], ["logits.half" if half else "logits"])
    if half:
        g.node("Cast", ["logits.half"], ["logits"], to=F32)
    graph = helper.make_graph(g.nodes, "web-lag-embedded", ins, outs, g.inits)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MS, 1)], ir_version=9, producer_name="web-lag")


def configs(c: Config, out: Path) -> None:
    dump = lambda name, x: (out / name).write_text(json.dumps(x, indent=2) + "\n", "utf-8")
    dump("config.json", {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": c.vocab, "hidden_size": c.width, "intermediate_size": c.ffn,
        "num_hidden_layers": c.layers, "num_attention_heads": c.heads, "num_key_value_heads": c.kv_heads, "head_dim": c.head_dim, "hidden_act": "silu",
        "max_position_embeddings": c.max_positions, "rms_norm_eps": c.eps, "rope_theta": c.theta, "rope_scaling": None, "attention_bias": False,
        "mlp_bias": False, "tie_word_embeddings": True, "bos_token_id": BOS, "eos_token_id": EOT, "pad_token_id": PAD, "torch_dtype": "float32",
        # The instruction that the composer gives this model is the short one, as in training.
        "lag": {"instruction": "short", "weights": WEIGHTS, "trainedModes": list(MODES), "minSimilarity": MIN_SIMILARITY, "minRelativeSimilarity": MIN_RELATIVE_SIMILARITY}})
    dump("generation_config.json", {"bos_token_id": BOS, "eos_token_id": EOT, "pad_token_id": PAD, "do_sample": False, "max_new_tokens": MAX_NEW_TOKENS})


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--checkpoint", type=Path, default=DEFAULT_DIR / "last.pt")
    ap.add_argument("--out", type=Path, default=MODEL_DIR)
    args = ap.parse_args()
    m, s = load(args.checkpoint)
    (args.out / "onnx").mkdir(parents=True, exist_ok=True)
    m.stored_in_half()                                  # what is stored is what is tested
    for kind, file in WEIGHTS.items():
        onnx.save(build(m, kind == "float16"), str(args.out / file))
    configs(m.c, args.out)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        if not (args.out / name).exists():
            shutil.copy(MODEL_DIR / name, args.out / name)
    tok = plain_tokenizer(args.out / "tokenizer.json")
    for file in WEIGHTS.values():
        worst = parity.check(m, args.out / file, tok)
        print(f"step {s['step']}, {file} {(args.out / file).stat().st_size / 1e6:.2f} MB, largest logit difference {worst:.2e}")
    make_fixtures.self_test(m, tok, args.out)
    if args.out.resolve() == MODEL_DIR.resolve():       # a model written elsewhere is a trial: the fixtures stay
        make_fixtures.write(m, tok)
        np.save(SPELL, m.spell.weight.detach().numpy().astype(np.float16))      # no part of the graph; from_onnx.py needs it


if __name__ == "__main__":
    main()
