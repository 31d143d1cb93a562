"""Compares the ONNX graph (onnxruntime, CPU) with the PyTorch model: whole prompt, then the same prompt in two parts with past."""
from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch
from tokenizers import Tokenizer

from .checkpoint import load
from .compose import plain_tokenizer, prompt_ids
from .model import Decoder
from .train import DEFAULT_DIR
from .wordings import MODEL_DIR

TOLERANCE = {"tensor(float)": 1e-3, "tensor(float16)": 0.25}     # of a logit, by what the graph computes in; logits reach 20


def plain(m: Decoder, ids: list[int]) -> np.ndarray:
    """Logits [T, vocab] of a plain causal pass in f32."""
    t = torch.tensor([ids])
    n = len(ids)
    with torch.no_grad():
        return m(t, torch.arange(n)[None], torch.ones(n, n, dtype=torch.bool).tril()[None])[0].numpy()


def onnx_logits(session: ort.InferenceSession, m: Decoder, ids: list[int], past: list[np.ndarray] | None) -> tuple[np.ndarray, list[np.ndarray]]:
    c = m.c
    dtype = np.float32 if _type(session) == "tensor(float)" else np.float16
    past = past or [np.zeros((1, c.kv_heads, 0, c.head_dim), dtype) for _ in range(2 * c.layers)]
    feeds = {"input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, past[0].shape[2] + len(ids)), np.int64)}
    for l in range(c.layers):
        feeds[f"past_key_values.{l}.key"], feeds[f"past_key_values.{l}.value"] = past[2 * l], past[2 * l + 1]
    names = ["logits"] + [f"present.{l}.{s}" for l in range(c.layers) for s in ("key", "value")]
    out = session.run(names, feeds)
    return out[0][0], out[1:]


def _type(session: ort.InferenceSession) -> str:
    """Of the rows, and so of what the graph computes in."""
    return next(x.type for x in session.get_inputs() if x.name == "past_key_values.0.key")


def check(m: Decoder, file: Path, tok: Tokenizer) -> float:
    """Largest difference of any logit; raises above the tolerance."""
    session = ort.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    ids = prompt_ids(tok, [[{"title": "Anna Lind", "text": "Anna Lind was born in Oslo. The father of Anna Lind was Olav Lind."}], []], "Where was Anna Lind born?")
    want = plain(m, ids)
    got, _ = onnx_logits(session, m, ids, None)
    worst = float(np.abs(got - want).max())
    cut = len(ids) // 2
    _, past = onnx_logits(session, m, ids[:cut], None)
    got, past = onnx_logits(session, m, ids[cut:-1], past)
    worst = max(worst, float(np.abs(got - want[cut:-1]).max()))
    got, _ = onnx_logits(session, m, ids[-1:], past)      # a single step with past
    worst = max(worst, float(np.abs(got - want[-1:]).max()))
    if not worst <= TOLERANCE[_type(session)]:
        raise SystemExit(f"parity failed: largest logit difference {worst}")
    return worst


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--checkpoint", type=Path, default=DEFAULT_DIR / "last.pt")
    args = ap.parse_args()
    m, _ = load(args.checkpoint)
    m.stored_in_half()
    for file in sorted((MODEL_DIR / "onnx").glob("*.onnx")):
        print(f"{file.name}: largest logit difference {check(m, file, plain_tokenizer(MODEL_DIR / 'tokenizer.json')):.2e}")


if __name__ == "__main__":
    sys.exit(main())
