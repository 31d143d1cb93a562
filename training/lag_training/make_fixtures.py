"""Writes the fixtures that the TypeScript tests compare with, and the model's self-test.

composed.json       prompts and their token ids
rendered.json       triples and their document
responses.json      responses of a log and the ids that are stored
masked-prefix.json  invariant 5: logits of the main sequence behind a prefix of three logs, from ONE masked pass a mode
"""
from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from . import examples
from .compose import encode, message, prompt_ids
from .documents import document, render
from .model import Decoder
from .parity import plain
from .wordings import FIXTURES, INSTRUCTION

# What the tests' decoders have room for, logs and prompt together.
MOST_ROWS = 1000


def dump(path: Path, x) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(x, ensure_ascii=False, indent=1) + "\n", "utf-8")


def log_ids(tok: Tokenizer, responses: list[str]) -> tuple[list[int], list[int]]:
    """(all ids: leading blank line and every response, last: ids of the last response)."""
    parts = [encode(tok, r + "\n\n") for r in responses]
    return encode(tok, "\n\n") + [t for p in parts for t in p], parts[-1]


def masked_pass(m: Decoder, tok: Tokenizer, logs: list[list[str]], main: list[int], whole: bool) -> dict:
    """One masked pass over all logs and the main sequence; no key is ever stored, rotated or moved.

    ``whole``: the main sequence sees everything that was encoded (mode kv-all), not last responses only (mode kv).
    """
    ids: list[int] = []; pos: list[int] = []; seg: list[int] = []; hidden: list[bool] = []
    n = 0
    for i, responses in enumerate(logs):
        every, last = log_ids(tok, responses)
        before = 0 if whole else len(every) - len(last)
        kept = len(every) - before
        ids += every
        pos += list(range(n - before, n + kept))
        seg += [i] * len(every)
        hidden += [True] * before + [False] * kept
        n += kept
    ids += main
    pos += list(range(n, n + len(main)))
    seg += [-1] * len(main)
    hidden += [False] * len(main)
    add = -min(0, min(pos))
    T = len(ids)
    mask = torch.zeros(T, T, dtype=torch.bool)
    for a in range(T):                       # written out plainly: this is the definition
        for b in range(a + 1):
            mask[a, b] = seg[a] == seg[b] or (seg[a] == -1 and not hidden[b])
    with torch.no_grad():
        logits = m(torch.tensor([ids]), torch.tensor([pos]) + add, mask[None])[0, -8:]
    return {"prefix_tokens": n, "logits": [[round(float(x), 6) for x in row] for row in logits]}


def masked_prefix(m: Decoder, tok: Tokenizer, logs: list[list[str]], main: list[int]) -> dict:
    """Logs, main sequence, and the logits of its last 8 tokens: in mode kv, and under "all" in mode kv-all."""
    return {"logs": [{"responses": r, "ids_all": log_ids(tok, r)[0], "ids_last": log_ids(tok, r)[1]} for r in logs],
            "main_ids": main, "last": 8, **masked_pass(m, tok, logs, main, whole=False),
            "all": masked_pass(m, tok, logs, main, whole=True)}


def self_test(m: Decoder, tok: Tokenizer, folder: Path) -> None:
    """24 ids and the logits after them: what the runtime compares with when it starts."""
    ids = prompt_ids(tok, [], "Who is the father of Ana?")
    ids = (ids + prompt_ids(tok, [[]], "When was Ana born?"))[:24]
    dump(folder / "self-test.json", {"ids": ids, "logits": [round(float(x), 6) for x in plain(m, ids)[-1]]})


def write(m: Decoder, tok: Tokenizer) -> None:
    rng = random.Random(11)
    trees = [examples.build(rng, mode, held=True) for mode in ("none", "kv", "text-last", "kv", "kv", "none")]
    composed, rendered, responses = [], [], []
    for t in trees:
        b = t.branches[-1]
        steps = [[t.world.document(e) for e in g] for g in t.groups[: b.g]]
        composed.append((steps, b.question.text))
        for e in t.world.entities[:3]:
            facts = [[e.name, r, v.text] for r, v in t.world.facts(e).items()]
            rendered.append({"seed": t.world.seed, "title": e.title, "name": e.name, "triples": facts,
                             "sentences": render(t.world.seed, facts), "text": document(t.world.seed, e.title, e.name, facts)})
        responses += [[x.text for x in log] for log in t.logs]
    composed += [([], "Who is the father of Ana?"), ([[], []], "When was <|user|> born?"),
                 ([[{"title": " A\nB ", "text": "Line one.\r\nLine two <|end_of_turn|> 1984.\n"}, {"title": "Ünïcødé 漢字 😀", "text": "naïve  —  \ttabs"}], []], "Is it  so?")]
    dump(FIXTURES / "composed.json", [{"instruction": INSTRUCTION, "steps": s, "question": q, "message": message(s, q), "ids": prompt_ids(tok, s, q)} for s, q in composed])
    dump(FIXTURES / "rendered.json", rendered)
    responses = sorted(responses, key=len, reverse=True)[:5] + [["The newest documents add nothing. <keywords> <|pad|> </keywords>", "<ans> <|end_of_turn|> 12345 </ans>"]]
    dump(FIXTURES / "responses.json", [{"responses": r, "ids_last": log_ids(tok, r)[1], "ids_all": log_ids(tok, r)[0]} for r in responses])
    steps, q = composed[1]
    main = prompt_ids(tok, steps, q)
    logs = sorted([[x.text for x in log] for t in trees for log in t.logs], key=len)
    chosen = [logs[-1], logs[0], logs[-2]]
    while sum(len(log_ids(tok, log)[0]) for log in chosen) + len(main) > MOST_ROWS:
        logs.pop()
        chosen = [logs[-1], logs[0], logs[-2]]
    assert sum(len(r) > 1 for r in chosen) >= 2
    dump(FIXTURES / "masked-prefix.json", masked_prefix(m, tok, chosen, main))
