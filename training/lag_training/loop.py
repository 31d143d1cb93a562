"""Simulates the whole loop (mode none) on generated questions: the runtime's lexical retrieval, composer, the exported ONNX model.

The runtime's own evaluation is the figure that counts; this one needs no browser.
"""
from __future__ import annotations

import argparse
import json
import re
import string
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import onnxruntime as ort

from .checkpoint import load
from .compose import EOT, plain_tokenizer, prompt_ids
from .export import MAX_NEW_TOKENS
from .lexical import LexicalIndex
from .wordings import FIXTURES, MODEL_DIR


def normal(text: str) -> str:
    """SQuAD normalisation."""
    text = "".join(ch for ch in text.lower() if ch not in string.punctuation)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


class Model:
    """Greedy decoding with onnxruntime on one thread."""

    def __init__(self, folder: Path, layers: int, kv: int, dim: int):
        o = ort.SessionOptions()
        o.intra_op_num_threads = 1
        self.s = ort.InferenceSession(str(folder / "onnx/model.onnx"), o, providers=["CPUExecutionProvider"])
        self.names = ["logits"] + [f"present.{l}.{x}" for l in range(layers) for x in ("key", "value")]
        self.empty = [np.zeros((1, kv, 0, dim), np.float32) for _ in range(2 * layers)]

    def generate(self, ids: list[int]) -> list[int]:
        out: list[int] = []
        past, feed, total = self.empty, ids, 0
        while len(out) < MAX_NEW_TOKENS:
            total += len(feed)
            feeds = {"input_ids": np.array([feed], np.int64), "attention_mask": np.ones((1, total), np.int64)}
            for n, p in zip(self.names[1:], past):
                feeds[n.replace("present", "past_key_values")] = p
            r = self.s.run(self.names, feeds)
            past = r[1:]
            t = int(r[0][0, -1].argmax())
            if t == EOT:
                break
            out.append(t)
            feed = [t]
        return out


def solve(m: Model, tok, index: LexicalIndex, docs: list[dict], question: str, steps: int = 8, k: int = 2, front: list[int] | None = None):
    """(answer or None, steps taken, responses). ``front``: ids of logs as plain text (mode text-last)."""
    groups: list[list[dict]] = []
    have: set[int] = set()
    asked: Counter = Counter()
    query, responses = question, []
    for step in range(1, steps + 1):
        n = asked[query]
        asked[query] += 1
        new = [i for i in index.rank(query)[n * k: n * k + k] if i not in have]
        have.update(new)
        groups.append([docs[i] for i in new])
        r = tok.decode(m.generate((front or []) + prompt_ids(tok, groups, question)), skip_special_tokens=False)
        responses.append(r)
        a = [x.strip() for x in re.findall(r"<ans>(.*?)</ans>", r, re.S) if x.strip()]
        if a:
            return a[-1], step, responses
        kw = re.findall(r"<keywords>(.*?)</keywords>", r, re.S)
        query = (kw[-1] if kw else r).strip()
    return None, steps, responses


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--limit", type=int, default=300)
    ap.add_argument("--model", type=Path, default=MODEL_DIR)
    ap.add_argument("--show", type=int, default=0)
    ap.add_argument("--set", type=Path, help="folder of a set of make_sets.py instead of the 300 questions")
    args = ap.parse_args()
    c = json.loads((args.model / "config.json").read_text("utf-8"))
    m = Model(args.model, c["num_hidden_layers"], c["num_key_value_heads"], c["head_dim"])
    tok = plain_tokenizer(args.model / "tokenizer.json")
    corpus, questions = (args.set / "corpus.jsonl", args.set / "unseen.json") if args.set else (
        FIXTURES / "generated/generated-corpus.jsonl", FIXTURES / "generated/generated-questions.json")
    docs = [d for d in map(json.loads, corpus.read_text("utf-8").splitlines()) if d.get("only") != "seen"]
    index = LexicalIndex(docs)
    qs = json.loads(questions.read_text("utf-8"))[: args.limit]
    count: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for q in qs:
        a, n, responses = solve(m, tok, index, docs, q["question"])
        ok = a is not None and normal(a) == normal(q["answer"])
        for key in ("all", q["type"], *([q["group"]] if "group" in q else [])):
            count[key][0] += ok; count[key][1] += 1; count[key][2] += n
        if not ok and args.show > 0:
            args.show -= 1
            print(f"{q['question']}\n  want {q['answer']}  {q['evidences']}\n  got " + "\n      ".join(responses))
    for key, (ok, n, steps) in count.items():
        print(f"{key:20s} exact match {100 * ok / n:5.1f} %  of {n}, mean steps {steps / n:.2f}")


if __name__ == "__main__":
    main()
