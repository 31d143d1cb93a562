"""Writes tests/fixtures/exports: tiny models as the usual exporters write them, with PyTorch's logits beside them.

    python make.py [family ...]        # needs requirements.txt; no network

A graph is stored compressed and without the notes that exporters leave in it (where in which file a node was made);
nodes, names, constants and attributes are theirs. exports.json lists what there is and how far each graph is from
PyTorch on onnxruntime's CPU.
"""
from __future__ import annotations

import base64
import gzip
import json
import logging
import os
import sys
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
logging.disable(logging.INFO)

import numpy as np
import onnx
import onnxruntime

import families
import forms
import reference

OUT = Path(__file__).parents[2] / "tests/fixtures/exports"
FORMS = {"fused": ("onnxruntime-genai", forms.fused), "separate": ("onnxruntime-genai", forms.separate), "plain": ("optimum", forms.plain)}
EVERY = [(form, precision) for form in FORMS for precision in ("f32", "f16", "q4")]
WHAT = {
    "llama": EVERY, "smollm2": EVERY, "qwen2": EVERY, "qwen3": EVERY,
    "linear": [("plain", "f32")], "yarn": [("plain", "f32")], "phi3": [("fused", "f32"), ("plain", "f32")],
    "glm": [("plain", "f32")], "mistral": [("fused", "f32")],
}
BY_TORCH = ("llama", "qwen3")


def main(names: list[str]) -> None:
    listed = json.loads((OUT / "exports.json").read_text()) if (OUT / "exports.json").exists() else []
    for family in names or WHAT:
        folder = OUT / family
        folder.mkdir(parents=True, exist_ok=True)
        model = families.make(family)
        wanted = reference.of(model)
        (folder / "reference.json").write_text(json.dumps(wanted) + "\n")
        listed = [entry for entry in listed if entry["family"] != family]
        with tempfile.TemporaryDirectory() as temporary:
            work = Path(temporary)
            families.save(model, work / "model")
            (folder / "config.json").write_bytes((work / "model/config.json").read_bytes())
            made = [(form, precision, *FORMS[form]) for form, precision in WHAT[family]]
            if family in BY_TORCH:
                made.append(("torch", "f32", "torch", lambda _, out, __: forms.by_torch(model, out)))
            for form, precision, exporter, export in made:
                out = work / f"{form}-{precision}"
                out.mkdir()
                graph = without_notes(export(work / "model", out, precision))
                file = f"{family}/{form}-{precision}.onnx.gz"
                (OUT / file).write_bytes(gzip.compress(graph.SerializeToString(), 9, mtime=0))
                error = difference(graph, wanted)
                listed.append({"family": family, "form": form, "precision": precision, "exporter": exporter, "file": file, "error": float(f"{error:.1e}")})
                print(listed[-1], (OUT / file).stat().st_size, file=sys.stderr, flush=True)
        (OUT / "exports.json").write_text("[\n" + ",\n".join(f"  {json.dumps(entry)}" for entry in listed) + "\n]\n")


def without_notes(model: onnx.ModelProto) -> onnx.ModelProto:
    del model.metadata_props[:], model.graph.value_info[:], model.graph.metadata_props[:]
    model.doc_string = model.graph.doc_string = ""
    for item in (*model.graph.node, *model.graph.initializer, *model.graph.input, *model.graph.output):
        item.doc_string = ""
        del item.metadata_props[:]
    return model


def difference(model: onnx.ModelProto, wanted: dict) -> float:
    """Largest, of the logits of the plain prompt, on onnxruntime's CPU."""
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    ids = np.array([wanted["ids"]])
    feeds = {}
    for value in session.get_inputs():
        if value.name.startswith("past"):
            dtype = np.float16 if "float16" in value.type else np.float32
            feeds[value.name] = np.zeros([1, value.shape[1], 0, value.shape[3]], dtype)
    known = {"input_ids": ids, "attention_mask": np.ones_like(ids), "position_ids": np.arange(ids.shape[1])[None], "num_logits_to_keep": np.array(ids.shape[1])}
    feeds |= {value.name: known[value.name] for value in session.get_inputs() if value.name in known}
    logits = session.run(["logits"], feeds)[0][0].astype(np.float32)
    right = np.frombuffer(base64.b64decode(wanted["logits"]), "<f4").reshape(logits.shape)
    return float(np.abs(logits - right).max())


if __name__ == "__main__":
    main(sys.argv[1:])
