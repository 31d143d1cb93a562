"""Makes a checkpoint of the committed model, so that training can go on where no other checkpoint is left.

With --layers the model grows: new layers are put in the middle and do nothing at
first.  The optimisers start anew.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from .model import Config, Decoder
from .train import DEFAULT_DIR, EARLY
from .wordings import MODEL_DIR, SPELL

PARTS = {"q": "self_attn.q_proj", "k": "self_attn.k_proj", "v": "self_attn.v_proj", "o": "self_attn.o_proj",
         "gate": "mlp.gate_proj", "up": "mlp.up_proj", "down": "mlp.down_proj"}


def weights(folder: Path, layers: int) -> dict[str, torch.Tensor]:
    """The state of a Decoder of ``layers`` layers, f32, from the graph that computes in f32; ``spell`` is not in it."""
    stored = {i.name: torch.from_numpy(numpy_helper.to_array(i).astype(np.float32)) for i in onnx.load(str(folder / "onnx/model.onnx")).graph.initializer
              if i.name.startswith("model.")}
    out = {"embed.weight": stored["model.embed_tokens.weight"], "norm.weight": stored["model.norm.weight"]}
    for l in range(layers):
        there, here = f"model.layers.{l}.", f"blocks.{l}."
        out[here + "n1.weight"] = stored[there + "input_layernorm.weight"]
        out[here + "n2.weight"] = stored[there + "post_attention_layernorm.weight"]
        for short, long in PARTS.items():
            out[f"{here}{short}.weight"] = stored[f"{there}{long}.weight"].T.contiguous()
    return out


def grown(state: dict[str, torch.Tensor], layers: int, c: Config) -> dict[str, torch.Tensor]:
    """The same function with c.layers layers: those in the middle are new and add nothing yet."""
    new, at = c.layers - layers, (layers + 1) // 2
    out = Decoder(c).state_dict()
    for k, v in state.items():
        if k.startswith("blocks."):
            _, l, rest = k.split(".", 2)
            k = f"blocks.{int(l) if int(l) < at else int(l) + new}.{rest}"
        out[k] = v
    for l in range(at, at + new):
        out[f"blocks.{l}.o.weight"].zero_()
        out[f"blocks.{l}.down.weight"].zero_()
    return out


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--model", type=Path, default=MODEL_DIR)
    ap.add_argument("--layers", type=int, default=0, help="layers of the checkpoint; default those of the model")
    ap.add_argument("--theta", type=float, default=0, help="rotary base of the checkpoint; default that of the model")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--dir", type=Path, default=DEFAULT_DIR)
    args = ap.parse_args()
    torch.manual_seed(args.seed)
    config = json.loads((args.model / "config.json").read_text("utf-8"))
    layers = config["num_hidden_layers"]
    c = Config(layers=args.layers or layers, theta=args.theta or config["rope_theta"])
    if c.layers < layers:
        raise SystemExit(f"--layers {c.layers}: the model has {layers}, a model can only grow")
    state = grown(weights(args.model, layers), layers, c)
    if SPELL.exists():
        state["spell.weight"] = torch.from_numpy(np.load(SPELL).astype(np.float32))
    args.dir.mkdir(parents=True, exist_ok=True)
    path = args.dir / "last.pt"
    if path.exists():
        raise SystemExit(f"{path} is there: give another --dir, or remove it")
    # How long it was trained is not in the files; that its beginning is over is known.
    torch.save({"model": state, "opts": None, "spent": 0.0, "step": 0, "tokens": EARLY, "config": c.dict()}, path)
    print(f"{path}: {c.layers} layers, {sum(v.numel() for v in state.values())} parameters")


if __name__ == "__main__":
    main()
