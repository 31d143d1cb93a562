"""PyTorch's logits: of a plain prompt, and of logs in front of one as a single masked pass."""
from __future__ import annotations

import base64

import numpy as np
import torch
from transformers import PreTrainedModel

from families import VOCAB

PLAIN = [(i * 37 + 5) % VOCAB for i in range(40)]
# Of each log: what was said before its last response, its last response.
LOGS = [
    {"earlier": [(i * 11 + 3) % VOCAB for i in range(9)], "last": [(i * 29 + 8) % VOCAB for i in range(7)]},
    {"earlier": [(i * 17 + 4) % VOCAB for i in range(5)], "last": [(i * 23 + 6) % VOCAB for i in range(8)]},
    {"earlier": [], "last": [(i * 13 + 9) % VOCAB for i in range(4)]},
]
MAIN = [(i * 31 + 2) % VOCAB for i in range(9)]


def of(model: PreTrainedModel) -> dict:
    """`logits`: `[token][vocab]` of PLAIN, `masked`: the same of MAIN behind the logs; f32, base64."""
    with torch.no_grad():
        plain = model(torch.tensor([PLAIN])).logits[0]
        masked = behind_logs(model)
    return {"ids": PLAIN, "logits": packed(plain), "logs": LOGS, "main": MAIN, "masked": packed(masked)}


def behind_logs(model: PreTrainedModel) -> torch.Tensor:
    """One pass: a log sees itself causally, the main sequence sees last responses and itself.

    Last responses stand end to end at 0, 1, ..., what was said before each just before it, the main sequence behind
    them all; one number is added so that none is negative.
    """
    ids: list[int] = []
    positions: list[int] = []
    group: list[int] = []
    seen: list[bool] = []                     # by the main sequence
    at = max(len(log["earlier"]) for log in LOGS)
    for number, log in enumerate(LOGS):
        for part, first in (("earlier", at - len(log["earlier"])), ("last", at)):
            ids += log[part]
            positions += range(first, first + len(log[part]))
            group += [number] * len(log[part])
            seen += [part == "last"] * len(log[part])
        at += len(log["last"])
    ids += MAIN
    positions += range(at, at + len(MAIN))
    group += [-1] * len(MAIN)
    seen += [True] * len(MAIN)

    kind, visible = torch.tensor(group), torch.tensor(seen)
    causal = torch.ones(len(ids), len(ids)).tril().bool()
    allowed = causal & ((kind[:, None] == kind[None, :]) | ((kind[:, None] == -1) & visible[None, :]))
    mask = torch.zeros(1, 1, len(ids), len(ids)).masked_fill(~allowed, torch.finfo(torch.float32).min)
    logits = model(torch.tensor([ids]), attention_mask=mask, position_ids=torch.tensor([positions])).logits[0]
    return logits[-len(MAIN):]


def packed(values: torch.Tensor) -> str:
    return base64.b64encode(np.ascontiguousarray(values.numpy().astype("<f4"))).decode()
