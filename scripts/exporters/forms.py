"""The three forms of exports, each by a package that people use."""
from __future__ import annotations

import contextlib
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime_genai.models import builder
from transformers import PreTrainedModel
from transformers.cache_utils import DynamicCache

from families import BLOCK

GENAI_PRECISION = {"f32": "fp32", "f16": "fp16", "q4": "int4"}


def fused(folder: Path, out: Path, precision: str, accuracy: int = 4) -> onnx.ModelProto:
    """onnxruntime-genai's builder: GroupQueryAttention that rotates itself; queries, keys and values in one matrix.

    `accuracy` of 4-bit products is the builder's own: 4 lets them round what comes in to 8 bits, 1 does not.
    """
    options = {"int4_block_size": BLOCK, "int4_accuracy_level": accuracy, "use_webgpu_fp32": precision == "q4"}
    builder.create_model("", str(folder), str(out), GENAI_PRECISION[precision], "webgpu", str(out / "cache"), **options)
    return onnx.load(out / "model.onnx")


def separate(folder: Path, out: Path, precision: str) -> onnx.ModelProto:
    """The same builder on its way for runtimes whose attention does not rotate: RotaryEmbedding and `position_ids`.

    It goes it for DirectML, in 16 bits only; for f32 its own switches are set here as they are there.
    """
    # The builder imports its own parts by another path than this file would.
    owner = builder.LlamaModel.__mro__[1]
    usual = owner.make_attention_init

    def as_for_directml(model) -> None:
        usual(model)
        model.attention_attrs.update(use_packed_matmul=False, use_rope_in_attn=False)
        model.input_names.append("position_ids")

    with replaced(owner, "make_attention_init", as_for_directml):
        return fused(folder, out, precision, accuracy=1)


def plain(folder: Path, out: Path, precision: str) -> onnx.ModelProto:
    """Optimum: attention in single steps, present = past and new rows end to end. Then onnxruntime's own tools."""
    from optimum.exporters.onnx import main_export

    main_export(str(folder), out, task="text-generation-with-past", do_validation=False, no_post_process=True)
    model = onnx.load(out / "model.onnx")
    if precision == "f16":
        return convert_float_to_float16(model)
    if precision == "q4":
        quantizer = MatMulNBitsQuantizer(model, block_size=BLOCK, is_symmetric=True)
        quantizer.process()
        return quantizer.model.model
    return model


class WithRows(torch.nn.Module):
    """Tensors in, tensors out, as hub exports name them; logits of the last `num_logits_to_keep` tokens only."""

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, position_ids, num_logits_to_keep, past):
        cache = DynamicCache.from_legacy_cache(tuple((past[i], past[i + 1]) for i in range(0, len(past), 2)))
        total, fresh = attention_mask.shape[1], input_ids.shape[1]
        at = torch.arange(total)
        allowed = (at[None, :] <= at[-fresh:, None]) & attention_mask[0].bool()
        mask = torch.zeros(fresh, total).masked_fill(~allowed, torch.finfo(torch.float32).min)[None, None]
        out = self.model.model(input_ids, attention_mask=mask, position_ids=position_ids, past_key_values=cache)
        hidden = out.last_hidden_state
        kept = hidden[:, torch.arange(fresh) >= fresh - num_logits_to_keep]
        return self.model.lm_head(kept), [rows for layer in out.past_key_values.to_legacy_cache() for rows in layer]


def by_torch(model: PreTrainedModel, out: Path) -> onnx.ModelProto:
    """torch's exporter, with `num_logits_to_keep`."""
    config = model.config
    layers, heads, size = config.num_hidden_layers, config.num_key_value_heads, config.head_dim
    names = [f"{layer}.{what}" for layer in range(layers) for what in ("key", "value")]
    past = [torch.randn(1, heads, 3, size) for _ in names]
    auto = torch.export.Dim.AUTO
    torch.onnx.export(
        WithRows(model).eval(),
        (torch.ones(1, 4, dtype=torch.long), torch.ones(1, 7, dtype=torch.long), torch.arange(3, 7)[None], torch.tensor(2), past),
        out / "model.onnx",
        input_names=["input_ids", "attention_mask", "position_ids", "num_logits_to_keep", *(f"past_key_values.{n}" for n in names)],
        output_names=["logits", *(f"present.{n}" for n in names)],
        dynamic_shapes=({1: auto}, {1: auto}, {1: auto}, None, [{2: auto} for _ in names]),
        dynamo=True, external_data=False,
    )
    return onnx.load(out / "model.onnx")


@contextlib.contextmanager
def replaced(owner, name: str, value):
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)
