"""Writes tests/fixtures/rotary-scaling.json: what transformers makes of `rope_scaling`, for geometries of real models.

    python rotary.py        # needs requirements.txt; no network
"""
from __future__ import annotations

import json
from pathlib import Path

from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

OUT = Path(__file__).parents[2] / "tests/fixtures/rotary-scaling.json"
BASE = {"hidden_size": 2048, "num_attention_heads": 32, "num_key_value_heads": 8, "num_hidden_layers": 16, "vocab_size": 128256}
LLAMA3 = {"rope_type": "llama3", "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
CASES = {
    "Llama 3.2 1B": {"head_dim": 64, "max_position_embeddings": 131072, "rope_theta": 500000.0, "rope_scaling": LLAMA3 | {"factor": 32.0}},
    "Llama 3.1 8B": {"head_dim": 128, "max_position_embeddings": 131072, "rope_theta": 500000.0, "rope_scaling": LLAMA3 | {"factor": 8.0}},
    "linear": {"head_dim": 64, "max_position_embeddings": 16384, "rope_theta": 10000.0, "rope_scaling": {"rope_type": "linear", "factor": 4.0}},
    "yarn of Qwen2.5 and Qwen3": {
        "head_dim": 128, "max_position_embeddings": 131072, "rope_theta": 1000000.0,
        "rope_scaling": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32768},
    },
    "yarn with bounds of its own, not rounded": {
        "head_dim": 64, "max_position_embeddings": 131072, "rope_theta": 150000.0,
        "rope_scaling": {
            "rope_type": "yarn", "factor": 32.0, "beta_fast": 32.0, "beta_slow": 1.0, "truncate": False,
            "original_max_position_embeddings": 4096,
        },
    },
}


def main() -> None:
    cases = []
    for name, fields in CASES.items():
        config = BASE | fields
        frequencies, _ = ROPE_INIT_FUNCTIONS[fields["rope_scaling"]["rope_type"]](LlamaConfig(**config), "cpu")
        cases.append({"name": name, "config": {"model_type": "llama"} | config, "frequencies": frequencies.double().tolist()})
    OUT.write_text("[\n" + ",\n".join(f"  {json.dumps(case)}" for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()
