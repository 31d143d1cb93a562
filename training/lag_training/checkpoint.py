"""Loads a checkpoint as an f32 model ready for use."""
from __future__ import annotations

from pathlib import Path

import torch

from .model import Config, Decoder


def load(path: Path) -> tuple[Decoder, dict]:
    """The model in f32 and the checkpoint's other entries (step, tokens, spent seconds)."""
    s = torch.load(path, map_location="cpu", weights_only=False)
    # positions have no weights: how many there are is said by the code, not by what was once saved
    model = Decoder(Config(**{**s["config"], "max_positions": Config.max_positions}))
    model.load_state_dict(s["model"])
    return model.eval(), s
