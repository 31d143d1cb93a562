"""Writes the model folder: ONNX graph, config.json, generation_config.json, self-test.json.

The graph has the form of the usual Llama exports: GroupQueryAttention with the
rotation inside it (no position_ids), [Skip]SimplifiedLayerNormalization, the
lengths computed from attention_mask.  Weights are f32.
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
from .model import Config, Decoder
from .train import DEFAULT_DIR
from .wordings import MODEL_DIR

MS = "com.microsoft"
MAX_NEW_TOKENS = 200


class Graph:
    def __init__(self) -> None:
        self.nodes: list = []
        self.inits: list = []

    def weight(self, name: str, a) -> str:
        self.inits.append(numpy_helper.from_array(np.ascontiguousarray(a), name))
        return name

    def node(self, op: str, ins: list[str], outs: list[str], domain: str = "", **attrs) -> str:
        self.nodes.append(helper.make_node(op, ins, outs, name=f"/{outs[0] or op}/{op}", domain=domain, **attrs))
        return outs[0]


def build(m: Decoder) -> onnx.ModelProto:
    c = m.c
    g = Graph()
    f = lambda p: p.detach().float().numpy()
    F32, I64 = TensorProto.FLOAT, TensorProto.INT64
    io = helper.make_tensor_value_info
    ins = [io("input_ids", I64, ["batch_size", "sequence_length"]), io("attention_mask", I64, ["batch_size", "total_sequence_length"])]
    outs = [io("logits", F32, ["batch_size", "sequence_length", c.vocab])]
    for l in range(c.layers):
        for s in ("key", "value"):
            ins.append(io(f"past_key_values.{l}.{s}", F32, ["batch_size", c.kv_heads, "past_sequence_length", c.head_dim]))
            outs.append(io(f"present.{l}.{s}", F32, ["batch_size", c.kv_heads, "total_sequence_length", c.head_dim]))
    # lengths: seqlens_k = sum(mask) - 1 per row, total = length of the mask
    g.weight("one", np.array([1], np.int64)); g.weight("index_one", np.array(1, np.int64))
    g.node("ReduceSum", ["attention_mask", "one"], ["mask_sum"], keepdims=1)
    g.node("Sub", ["mask_sum", "one"], ["last_index"]); g.node("Cast", ["last_index"], ["seqlens_k"], to=TensorProto.INT32)
    g.node("Shape", ["attention_mask"], ["mask_shape"]); g.node("Gather", ["mask_shape", "index_one"], ["total_i64"], axis=0)
    g.node("Cast", ["total_i64"], ["total"], to=TensorProto.INT32)
    g.weight("cos_cache", m.cos.numpy()); g.weight("sin_cache", m.sin.numpy())
    g.weight("model.embed_tokens.weight", f(m.embed.weight))
    skip = g.node("Gather", ["model.embed_tokens.weight", "input_ids"], ["embed"])
    mlp = ""
    lin = lambda x, name, p, out: g.node("MatMul", [x, g.weight(name, f(p).T)], [out])
    for l, b in enumerate(m.blocks):
        p, w = f"layers.{l}", f"model.layers.{l}"
        n1, n2 = g.weight(f"{w}.input_layernorm.weight", f(b.n1.weight)), g.weight(f"{w}.post_attention_layernorm.weight", f(b.n2.weight))
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
    n = g.weight("model.norm.weight", f(m.norm.weight))
    g.node("SkipSimplifiedLayerNormalization", [skip, mlp, n], ["norm"], MS, epsilon=c.eps)
    # tied embeddings: stored once, turned when the session starts (constant folding)
    g.node("Transpose", ["model.embed_tokens.weight"], ["lm_head.weight"], perm=[1, 0])
    g.node("MatMul", ["norm", "lm_head.weight"], ["logits"])
    graph = helper.make_graph(g.nodes, "web-lag-embedded", ins, outs, g.inits)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MS, 1)], ir_version=9, producer_name="web-lag")


def configs(c: Config, out: Path) -> None:
    dump = lambda name, x: (out / name).write_text(json.dumps(x, indent=2) + "\n", "utf-8")
    dump("config.json", {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": c.vocab, "hidden_size": c.width, "intermediate_size": c.ffn,
        "num_hidden_layers": c.layers, "num_attention_heads": c.heads, "num_key_value_heads": c.kv_heads, "head_dim": c.head_dim, "hidden_act": "silu",
        "max_position_embeddings": c.max_positions, "rms_norm_eps": c.eps, "rope_theta": c.theta, "rope_scaling": None, "attention_bias": False,
        "mlp_bias": False, "tie_word_embeddings": True, "bos_token_id": BOS, "eos_token_id": EOT, "pad_token_id": PAD, "torch_dtype": "float32",
        # Which instruction the composer gives this model: the short one, as in training.
        "lag": {"instruction": "short"}})
    dump("generation_config.json", {"bos_token_id": BOS, "eos_token_id": EOT, "pad_token_id": PAD, "do_sample": False, "max_new_tokens": MAX_NEW_TOKENS})


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--checkpoint", type=Path, default=DEFAULT_DIR / "last.pt")
    ap.add_argument("--out", type=Path, default=MODEL_DIR)
    args = ap.parse_args()
    m, s = load(args.checkpoint)
    (args.out / "onnx").mkdir(parents=True, exist_ok=True)
    onnx.save(build(m), str(args.out / "onnx/model.onnx"))
    configs(m.c, args.out)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        if not (args.out / name).exists():
            shutil.copy(MODEL_DIR / name, args.out / name)
    tok = plain_tokenizer(args.out / "tokenizer.json")
    worst = parity.check(m, args.out, tok)
    print(f"step {s['step']}, model.onnx {(args.out / 'onnx/model.onnx').stat().st_size / 1e6:.2f} MB, largest logit difference {worst:.2e}")
    make_fixtures.self_test(m, tok, args.out)
    if args.out.resolve() == MODEL_DIR.resolve():       # a model written elsewhere is a trial: the fixtures stay
        make_fixtures.write(m, tok)


if __name__ == "__main__":
    main()
