"""Tiny models of the families that people run, with random weights.

Every matrix is made of multiples of a power of two that blocks of 32 hold exactly in 4 bits (each block has one -8,
which settles its scale), and everything fits into 16 bits. So one set of PyTorch's logits is right for the f32, the
f16 and the 4-bit export of a family, and what differs is how they compute.
"""
from __future__ import annotations

from pathlib import Path

import torch
from transformers import (
    AutoModelForCausalLM,
    GlmConfig,
    LlamaConfig,
    MistralConfig,
    Phi3Config,
    PreTrainedModel,
    Qwen2Config,
    Qwen3Config,
)

BLOCK = 32
# No other width: the builder knows the head by its size.
VOCAB = 80
GEOMETRY = dict(
    vocab_size=VOCAB, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, head_dim=16, max_position_embeddings=128, rms_norm_eps=1e-5,
    bos_token_id=1, eos_token_id=2, pad_token_id=0,
)
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32}
# Heads of 32, of which 16 elements are rotated: fused rotation turns multiples of 16.
PHI = dict(hidden_size=64, num_attention_heads=2, num_key_value_heads=1, head_dim=32)
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32}

FAMILIES = {
    # Separate heads for logits and scaled rotation, as Llama 3.1.
    # (The builder looks for the original positions at the top level only.)
    "llama": lambda: LlamaConfig(
        **GEOMETRY, rope_theta=500000.0, rope_scaling=LLAMA3, original_max_position_embeddings=32, tie_word_embeddings=False
    ),
    # Tied embeddings.
    "smollm2": lambda: LlamaConfig(**GEOMETRY, rope_theta=100000.0, tie_word_embeddings=True),
    # Biases of queries, keys and values; tied embeddings.
    "qwen2": lambda: Qwen2Config(**GEOMETRY, rope_theta=1000000.0, use_sliding_window=False, tie_word_embeddings=True),
    # Queries and keys are normalised; tied embeddings.
    "qwen3": lambda: Qwen3Config(**GEOMETRY, rope_theta=1000000.0, use_sliding_window=False, tie_word_embeddings=True),
    # What else may be said about rotation.
    "linear": lambda: LlamaConfig(**GEOMETRY, rope_scaling={"rope_type": "linear", "factor": 4.0}),
    "yarn": lambda: Qwen2Config(**GEOMETRY, use_sliding_window=False, rope_scaling=YARN),
    # Half of a head is rotated; one matrix for queries, keys and values, one KV head.
    "phi3": lambda: Phi3Config(**{**GEOMETRY, **PHI}, original_max_position_embeddings=128, partial_rotary_factor=0.5),
    # Neighbours turn together, not halves; half of a head is rotated.
    "glm": lambda: GlmConfig(**GEOMETRY, partial_rotary_factor=0.5),
    # Rows that leave the window are not seen any more.
    "mistral": lambda: MistralConfig(**GEOMETRY, sliding_window=16),
}


def make(family: str) -> PreTrainedModel:
    """The model in f32 on the CPU, in evaluation mode. The same weights every time."""
    config = FAMILIES[family]()
    torch.manual_seed(7)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").float().eval()
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(exact(name, parameter.shape, generator))
    return model


def exact(name: str, shape: torch.Size, generator: torch.Generator) -> torch.Tensor:
    """Values of a parameter: steps of a power of two. `[out, in]` for matrices."""
    if len(shape) == 1:
        steps = torch.randint(-4, 5, shape, generator=generator) / 16
        return steps if name.endswith("bias") else 1 + steps
    rows, columns = shape
    steps = torch.randint(-7, 8, (rows, columns // BLOCK, BLOCK), generator=generator)
    at = torch.randint(0, BLOCK, (rows, columns // BLOCK, 1), generator=generator)
    steps.scatter_(2, at, -8)
    return steps.reshape(rows, columns) * step_of(name)


def step_of(name: str) -> float:
    if "embed_tokens" in name:
        return 1 / 8
    return 1 / 16 if any(part in name for part in ("q_proj", "k_proj", "lm_head")) else 1 / 32


def save(model: PreTrainedModel, folder: Path) -> None:
    """As Hugging Face folders are, with a tokenizer of no meaning, which the builder insists on."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    model.save_pretrained(folder)
    words = {f"t{i}": i for i in range(VOCAB)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="t0"))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="t1", eos_token="t2", pad_token="t0").save_pretrained(folder)
